import { expect, test } from 'vitest'
import type { TransportError } from '../errors.ts'
import { at, dialled, polite } from './durable-rig.ts'
import { outgoing, readAll, until } from './websocket-rig.ts'

test('items are settled by the answers of the server: cumulative, refused, and renumbered behind a refusal', async () => {
  const { link, peer } = await dialled(polite())
  const reading = readAll(link)
  const batch = ['a', 'b', 'c', 'd'].map(outgoing)
  await link.write?.(batch)
  await until(() => peer.frames.length === 6)
  const [pub] = peer.frames.slice(2)
  expect(pub).toMatchObject({ t: 'pub', s: 'rooms/42', e: 0, q: 0, d: ['a'] })
  expect(pub?.pid).toMatch(/^[0-9a-f]{32}$/)
  const key = { s: 'rooms/42', pid: pub?.pid, e: 0 }
  peer.send(
    { t: 'ack', ...key, q: 1, o: at(2), dup: false },
    { t: 'nack', ...key, q: 2, code: 'too_large' },
    { t: 'nack', ...key, q: 3, code: 'gap', want: 2 },
  )
  expect(await Promise.all(batch.slice(0, 3).map((item) => item.settled))).toMatchObject([
    undefined,
    undefined,
    { code: 'send_failed' },
  ])
  await until(() => peer.frames.length === 7)
  const again = peer.frames[6]
  expect(again).toMatchObject({ t: 'pub', q: 0, d: ['d'] })
  expect(again?.pid).not.toBe(pub?.pid)
  expect(batch[3]?.times()).toBe(0)
  peer.send({ t: 'ack', ...key, pid: again?.pid, q: 0, o: at(3), dup: false })
  expect(await batch[3]?.settled).toBeUndefined()
  peer.send({ t: 'ack', ...key, pid: again?.pid, q: 99, o: at(3), dup: false })
  link.close()
  await reading
  expect(batch.map((item) => item.times())).toEqual([1, 1, 1, 1])
})

test('no more than 64 items wait for an answer, and a cut leaves those unconfirmed', async () => {
  const { link, peer } = await dialled(polite())
  const reading = readAll(link)
  const batch = Array.from({ length: 100 }, (_, n) => outgoing(n))
  const writing = link.write?.(batch)
  await until(() => peer.frames.length === 2 + 64)
  peer.send({ t: 'ack', s: 'rooms/42', pid: peer.frames[2]?.pid, e: 0, q: 9, o: at(10), dup: false })
  await until(() => peer.frames.length === 2 + 74)
  peer.socket.terminate()
  await reading
  await writing
  const outcomes = await Promise.all(batch.map((item) => item.settled))
  const codes = outcomes.map((error) => (error as TransportError | undefined)?.code)
  expect(codes.slice(0, 10)).toEqual(Array(10).fill(undefined))
  expect(codes.slice(10, 74)).toEqual(Array(64).fill('send_unconfirmed'))
  expect(codes.slice(74)).toEqual(Array(26).fill('send_failed'))
  expect(batch.every((item) => item.times() === 1)).toBe(true)
})

test('an item that is larger than the server takes is refused here, bytes travel as base64', async () => {
  const { link, peer } = await dialled(polite())
  const reading = readAll(link)
  const batch = ['x'.repeat(70_000), new Uint8Array([0, 255]), new ArrayBuffer(1)].map(outgoing)
  await link.write?.(batch)
  expect(await batch[0]?.settled).toMatchObject({ code: 'send_failed' })
  await until(() => peer.frames.length === 4)
  expect(peer.frames.slice(2)).toMatchObject([
    { b: ['AP8='], q: 0 },
    { b: ['AA=='], q: 1 },
  ])
  link.close()
  await reading
  expect(await batch[1]?.settled).toMatchObject({ code: 'send_unconfirmed' })
})
