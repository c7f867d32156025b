import { describe, expect, test } from 'vitest'
import { manualClock } from '../testing/manual-clock.ts'
import { eventually, mountServer, startServer } from '../testing/rig.ts'
import { greet } from '../testing/socket-rig.ts'
import { recordsOf } from '../testing/socket-rig.ts'

const sub = (s: string, o: string, more: object = {}) => ({ t: 'sub', id: 1, s, o, ...more })

describe('backpressure', () => {
  test('a client that stops reading is sent nothing more, then catches up on all its streams', async () => {
    const clock = manualClock()
    const { url, server, sockets } = await mountServer({ clock, retention: { bytes: 64 * 1024 * 1024 } })
    const rooms = [server.stream('a'), server.stream('b')]
    const raw = await greet(url)
    for (const [index, room] of rooms.entries()) raw.send(sub(room.path, '-1', { id: index }))
    await eventually(() => raw.frames.filter(({ t }) => t === 'live').length === 2)
    raw.socket.pause()
    const timersWhenFlowing = clock.pending
    let appended = 0
    const append = (): void => {
      for (const room of rooms) room.append('x'.repeat(16_000))
      appended++
    }
    while (clock.pending === timersWhenFlowing) {
      append()
      await new Promise(setImmediate)
    }
    for (let more = 0; more < 300; more++) append()
    await new Promise(setImmediate)
    expect(sockets[0]?.writableLength).toBeLessThan(200 * 1024)
    raw.socket.resume()
    await eventually(() => raw.frames.filter(({ n }) => n === appended).length === 2)
    for (const id of [0, 1]) {
      const { a } = await raw.until((frame) => frame.t === 'subok' && frame.id === id)
      expect(recordsOf(raw.frames, a, 1)).toHaveLength(appended)
    }
    expect(clock.pending).toBe(timersWhenFlowing)
  })

  test('a client that asks without reading is not read either, and loses no answer', async () => {
    const { url } = await startServer()
    const raw = await greet(url, { pingMs: 60_000 })
    raw.socket.pause()
    // Refused with all its names in the answer: large answers fill the buffers of both sides soon.
    const long = 'x'.repeat(128)
    const frame = { t: 'pub', s: [long, long, long].join('/'), pid: long, e: 0, d: [0] }
    let asked = 0
    // Only a server that stops reading lets this loop end.
    while (raw.socket.bufferedAmount < 1024 * 1024) {
      for (let more = 0; more < 100; more++) raw.send({ ...frame, q: asked++ })
      await new Promise(setImmediate)
    }
    raw.socket.resume()
    await raw.until(({ q }) => q === asked - 1)
    const answers = raw.frames.filter(({ t }) => t === 'nack').map(({ q }) => q)
    expect(answers).toEqual(Array.from({ length: asked }, (_, q) => q))
  })

  test('a client that takes nothing for 20 s is closed with 4208', async () => {
    const clock = manualClock()
    const { url, server } = await startServer({ clock, retention: { bytes: 64 * 1024 * 1024 } })
    const room = server.stream('a')
    const raw = await greet(url, { pingMs: 60_000 })
    raw.send(sub('a', '-1'))
    await raw.until(({ t }) => t === 'live')
    raw.socket.pause()
    const timersWhenFlowing = clock.pending
    while (clock.pending === timersWhenFlowing) {
      room.append('x'.repeat(16_000))
      await new Promise(setImmediate)
    }
    clock.advance(20_000)
    raw.socket.resume()
    expect(await raw.closed).toEqual({ code: 4208, reason: 'slow_consumer' })
    await eventually(() => clock.pending === 0)
  })
})
