import { describe, expect, test } from 'vitest'
import type { Limits } from '../limits.ts'
import { type ServerRig, startServer } from '../testing/rig.ts'
import { greet, type RawSocket, recordsOf } from '../testing/socket-rig.ts'

/** A socket that reads `a` and `b` from their beginnings. */
async function reader({ url }: ServerRig): Promise<{ raw: RawSocket; a: unknown; b: unknown }> {
  const raw = await greet(url, { pingMs: 60_000 })
  const aliases: unknown[] = []
  for (const [id, s] of ['a', 'b'].entries()) {
    raw.send({ t: 'sub', id, s, o: '-1' })
    aliases.push((await raw.until((frame) => frame.t === 'subok' && frame.id === id)).a)
  }
  await raw.until((frame) => frame.t === 'live' && frame.a === aliases[1])
  return { raw, a: aliases[0], b: aliases[1] }
}

/** Everything the server would send now has come, because the answer comes behind it. */
async function settled(raw: RawSocket): Promise<void> {
  const k = raw.frames.length
  raw.send({ t: 'ping', k })
  await raw.until((frame) => frame.t === 'pong' && frame.k === k)
  await new Promise(setImmediate)
}

const rigWith = (limits: Partial<Limits>): Promise<ServerRig> => startServer({ limits })
const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index)

describe('credit', () => {
  test('ends when so many records are not seen: both streams wait, nothing is dropped, and it goes on where it stopped', async () => {
    const rig = await rigWith({ creditRecords: 100 })
    const [roomA, roomB] = [rig.server.stream('a'), rig.server.stream('b')]
    const { raw, a, b } = await reader(rig)
    raw.send({ t: 'seen', a, n: 0 })
    await settled(raw)
    for (const n of numbers(300)) roomA.append(n)
    await settled(raw)
    const ahead = recordsOf(raw.frames, a, 1)
    expect(ahead.length).toBeGreaterThan(0)
    expect(ahead.length).toBeLessThanOrEqual(100)
    roomB.append('waits as well')
    await settled(raw)
    expect(recordsOf(raw.frames, b, 1)).toEqual([])
    for (let seen = ahead.length; seen < 300; seen = recordsOf(raw.frames, a, 1).length) {
      raw.send({ t: 'seen', a, n: seen })
      await raw.until((frame) => frame.t === 'm' && frame.a === a && Number(frame.n) > seen)
      await settled(raw)
      expect(recordsOf(raw.frames, a, 1).length - seen).toBeLessThanOrEqual(100)
    }
    raw.send({ t: 'seen', a, n: 300 })
    await raw.until((frame) => frame.t === 'm' && frame.a === b)
    expect(recordsOf(raw.frames, a, 1)).toEqual(numbers(300))
  })

  test('ends when so many bytes are not seen', async () => {
    const rig = await rigWith({ creditBytes: 64 * 1024 })
    const room = rig.server.stream('a')
    rig.server.stream('b')
    const { raw, a } = await reader(rig)
    raw.send({ t: 'seen', a, n: 0 })
    await settled(raw)
    for (let count = 0; count < 20; count++) room.append('x'.repeat(10_000))
    await settled(raw)
    const ahead = recordsOf(raw.frames, a, 1).length
    expect(ahead).toBeGreaterThan(2)
    expect(ahead).toBeLessThanOrEqual(6)
    raw.send({ t: 'seen', a, n: ahead })
    await raw.until(({ t, n }) => t === 'm' && n === ahead + 1)
  })

  test('is not asked for before the first seen; then what is on its way counts', async () => {
    const rig = await rigWith({ creditRecords: 100 })
    const room = rig.server.stream('a')
    rig.server.stream('b')
    const { raw, a } = await reader(rig)
    for (const n of numbers(500)) room.append(n)
    await raw.until(({ t, n, d }) => t === 'm' && Number(n) + (Array.isArray(d) ? d.length : 0) > 500)
    raw.send({ t: 'seen', a, n: 350 })
    await settled(raw)
    room.append(501)
    await settled(raw)
    expect(recordsOf(raw.frames, a, 1)).toHaveLength(500)
    raw.send({ t: 'seen', a, n: 480 })
    await raw.until(({ t, n }) => t === 'm' && n === 501)
  })

  test('comes back with a subscription that is given up', async () => {
    const rig = await rigWith({ creditRecords: 64 })
    const [roomA, roomB] = [rig.server.stream('a'), rig.server.stream('b')]
    const { raw, a, b } = await reader(rig)
    raw.send({ t: 'seen', a, n: 0 })
    await settled(raw)
    for (const n of numbers(64)) roomA.append(n)
    await raw.until((frame) => frame.t === 'm' && frame.a === a)
    roomB.append('at last')
    await settled(raw)
    expect(recordsOf(raw.frames, b, 1)).toEqual([])
    raw.send({ t: 'unsub', id: 9, a })
    await raw.until((frame) => frame.t === 'm' && frame.a === b)
  })

  test('is not moved by what was never sent, nor by going back', async () => {
    const rig = await rigWith({})
    rig.server.stream('a').append(1, 2, 3)
    rig.server.stream('b')
    const { raw, a } = await reader(rig)
    for (const n of [2, 3, 1, 3]) raw.send({ t: 'seen', a, n })
    raw.send({ t: 'seen', a: 999, n: 5 })
    await settled(raw)
    expect(raw.frames.some(({ t }) => t === 'err')).toBe(false)
    raw.send({ t: 'seen', a, n: 4 })
    expect(await raw.until(({ t }) => t === 'err')).toMatchObject({
      code: 'bad_frame',
      msg: 'The field n is not right.',
    })
  })
})
