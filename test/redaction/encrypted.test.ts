/**
 * Encrypted messages, good ones and spoilt ones: neither the key nor a word of the plaintext comes out.
 *
 * @module
 */
import { expect, it } from 'vitest'
import { encrypted, importKey, keyRing } from '../../src/encrypted.ts'
import { connection, json, sendOver, text, webSocket } from '../../src/index.ts'
import type { AnyLogic } from '../transports/rows.ts'
import { freshRoom } from '../transports/session.ts'
import { isCommon } from './surfaces.ts'
import { connectWatched, watch } from './watched.ts'

it('keeps key and plaintext of messages that are good, spoilt, foreign or not what they should be', async () => {
  const { canaries: fresh, surfaces } = watch()
  // A key is 32 bytes, and these are searched for like any other secret.
  const canaries = { ...fresh, tlsKey: fresh.tlsKey.slice(-32) }
  const keys = keyRing('2026-11', await importKey(Buffer.from(canaries.tlsKey)))
  const sealing = (channel: string): ((plain: string) => Promise<string>) => {
    const codec = encrypted({ keys, channel, codec: text })()
    return async (plain) => String(await codec.encode(plain))
  }
  const here = sealing('here')
  const plain = canaries.payloadIn
  const good = await here(JSON.stringify(plain))
  const room = await freshRoom({
    append: [
      `not a token, but ${plain}`,
      good,
      good,
      `${(await here(JSON.stringify(plain))).slice(0, -4)}AAAA`,
      await here(`{"${plain}`),
      await sealing('elsewhere')(JSON.stringify(plain)),
    ],
  })
  const logic = connection(webSocket, { codec: encrypted({ keys, channel: 'here', codec: json }) })
  const watched = connectWatched({ canaries, surfaces }, logic as unknown as AnyLogic, { url: `${room.socketUrl}/ws` })
  const codes: string[] = []
  const all = new Promise<void>((resolve) => {
    watched.actor.on('error', ({ error }) => {
      surfaces.hear('refused', error)
      if (codes.push(error.code) === 5) resolve()
    })
  })
  await watched.untilMessages(1)
  await all
  await sendOver(watched.actor, canaries.payloadOut)
  const { received } = await room.until((state) => state.received.length === 1)
  surfaces.hear('wire', received)
  await watched.finish()
  expect(codes).toHaveLength(5)
  expect(new Set(codes).size).toBeGreaterThan(2)
  expect(surfaces.leaks(canaries, isCommon)).toEqual([])
})
