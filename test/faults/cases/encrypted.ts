/**
 * B66: what a server may do to messages it cannot read.
 *
 * @module
 */
import { expect } from 'vitest'
import { connection, type Dial, text } from '../../../src/core.ts'
import { encrypted, importKey, keyRing } from '../../../src/encrypted.ts'
import { httpStream } from '../../../src/http-stream.ts'
import { longPoll } from '../../../src/long-poll.ts'
import { sse } from '../../../src/sse.ts'
import { webSocket } from '../../../src/websocket.ts'
import { log } from '../log.ts'
import { conclude } from '../oracle.ts'
import type { AnyLogic, FaultRow, RowName } from '../row.ts'
import { type AttemptStep, openWorld } from '../world.ts'

const dials: Readonly<Partial<Record<RowName, Dial<never>>>> = {
  sse,
  websocket: webSocket,
  'http-stream': httpStream,
  'long-poll': longPoll,
}

async function ring(kid: string, fill: number) {
  return keyRing(kid, await importKey(new Uint8Array(32).fill(fill)))
}

/** Two tokens whose protected headers, which are the associated data, changed places. */
function swapped(one: string, other: string): string {
  return [other.split('.')[0], ...one.split('.').slice(1)].join('.')
}

/** The log in ciphertext, with three attacks in between; each is an error event and the stream goes on. */
async function attackedLog(): Promise<readonly string[]> {
  const keys = await ring('k1', 1)
  const sender = encrypted({ keys, channel: 'room', codec: text })()
  const stranger = encrypted({ keys: await ring('k9', 9), channel: 'room', codec: text })()
  const tokens = []
  for (const record of log) tokens.push(String(await sender.encode(record)))
  const [one = '', two = '', ...rest] = tokens
  const tampered = `${two.slice(0, two.lastIndexOf('.'))}.${'A'.repeat(22)}`
  return [one, tampered, swapped(two, rest[0] ?? ''), String(await stranger.encode('who?')), two, ...rest]
}

export async function attackedMessages(row: FaultRow): Promise<void> {
  const tokens = await attackedLog()
  const keys = await ring('k1', 1)
  const codec = encrypted({ keys, channel: 'room', codec: text })
  const dial = dials[row.name]
  if (dial === undefined) throw new Error(`No dial for ${row.name}.`)
  const tellTokens: AttemptStep = async (exchange) => {
    if (row.polls) {
      const headers = { 'content-type': 'application/json', 'stream-next-offset': 'x', 'stream-closed': 'true' }
      return exchange.respond({ headers, body: JSON.stringify(tokens) })
    }
    await exchange.accept()
    for (const token of tokens) await exchange.send(token)
    if (row.name !== 'sse') await exchange.end()
  }
  const plain: { readonly url: string } & Record<string, unknown> = row.input('')
  const world = await openWorld(row, {
    attempts: [tellTokens],
    logic: connection(dial, { codec }) as unknown as AnyLogic,
    input: { until: undefined, resume: undefined, ...('format' in plain ? { format: 'lines' } : {}) },
  })
  world.actor.on('message', ({ message }) => world.texts.splice(-1, 1, String(message.data)))
  await world.connect().untilTexts(log.length)
  if (row.name !== 'sse') await world.untilStage('closed')
  expect(world.codes).toEqual(['decrypt_failed', 'decrypt_failed', 'unknown_key'])
  await conclude(world, { end: row.name === 'sse' ? 'open' : 'complete' })
}
