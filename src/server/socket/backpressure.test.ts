import type { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { manualClock } from '../testing/manual-clock.ts'
import { eventually, mountServer } from '../testing/rig.ts'
import { hold, shapedStore } from '../testing/shaped-store.ts'
import { greet, recordsOf } from '../testing/socket-rig.ts'

const sub = (s: string, id = 1) => ({ t: 'sub', id, s, o: '-1' })
const retention = { bytes: 64 * 1024 * 1024 }

/** Does it again, a turn at a time, until the server's socket takes no more. */
async function untilFull(socket: Duplex | undefined, act: () => void): Promise<void> {
  while (socket?.writableNeedDrain === false) {
    act()
    await new Promise(setImmediate)
  }
}

describe('a client that does not read', () => {
  test('is sent nothing more, then catches up on all its streams', async () => {
    const { url, server, sockets } = await mountServer({ retention })
    const rooms = [server.stream('a'), server.stream('b')]
    const raw = await greet(url, { pingMs: 60_000 })
    for (const [index, room] of rooms.entries()) raw.send(sub(room.path, index))
    await eventually(() => raw.frames.filter(({ t }) => t === 'live').length === 2)
    raw.socket.pause()
    let appended = 0
    const append = (): void => {
      for (const room of rooms) room.append('x'.repeat(16_000))
      appended++
    }
    await untilFull(sockets[0], append)
    for (let more = 0; more < 300; more++) append()
    await new Promise(setImmediate)
    expect(sockets[0]?.writableLength).toBeLessThan(200 * 1024)
    raw.socket.resume()
    await eventually(() => raw.frames.filter(({ n }) => n === appended).length === 2)
    for (const id of [0, 1]) {
      const { a } = await raw.until((frame) => frame.t === 'subok' && frame.id === id)
      expect(recordsOf(raw.frames, a, 1)).toHaveLength(appended)
    }
  })

  test('but asks is not read either, and loses no answer', async () => {
    const { url } = await mountServer()
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

  test('but pings is not read either, and gets every pong when it reads again', async () => {
    const { url, sockets } = await mountServer()
    const raw = await greet(url, { pingMs: 60_000 })
    raw.socket.pause()
    let pings = 0
    let pongs = 0
    raw.socket.on('pong', () => pongs++)
    const payload = Buffer.alloc(125)
    // Only a server that stops reading lets this loop end.
    while (raw.socket.bufferedAmount < 1024 * 1024) {
      for (let more = 0; more < 1_000; more++, pings++) raw.socket.ping(payload)
      await new Promise(setImmediate)
    }
    expect(sockets[0]?.writableLength).toBeLessThan(200 * 1024)
    raw.socket.resume()
    await eventually(() => pongs === pings)
  })

  test('for 20 s is closed with 4208, and one that drains in between is not', async () => {
    const clock = manualClock()
    const { url, server, sockets } = await mountServer({ clock, retention })
    const room = server.stream('a')
    const slow = await greet(url, { pingMs: 60_000 })
    slow.send(sub('a'))
    await slow.until(({ t }) => t === 'live')
    const append = (): void => void room.append('x'.repeat(16_000))
    for (const pause of [19_900, 19_900, 20_000]) {
      slow.socket.pause()
      await untilFull(sockets[0], append)
      clock.advance(pause)
      slow.socket.resume()
      if (pause < 20_000) await eventually(() => sockets[0]?.writableNeedDrain === false)
    }
    expect(await slow.closed).toEqual({ code: 4208, reason: 'slow_consumer' })
    await eventually(() => server.connections === 0)
  })
})

describe('a client that publishes faster than the store writes', () => {
  test('is read no further than 64 frames without an answer, and nothing is lost or out of order', async () => {
    let appending = 0
    let most = 0
    const stuck = hold()
    const store = shapedStore({
      before(operation) {
        if (operation !== 'append') return undefined
        most = Math.max(most, ++appending)
        return stuck.held.then(() => void appending--)
      },
    })
    const { url, server } = await mountServer({ store })
    const room = server.stream('a')
    const raw = await greet(url, { pingMs: 60_000 })
    const pub = (q: number) => raw.send({ t: 'pub', s: 'a', pid: 'p', e: 0, q, d: ['x'.repeat(1_000)] })
    let sent = 0
    // Only a server that stops reading lets this loop end.
    while (raw.socket.bufferedAmount < 1024 * 1024) {
      for (let more = 0; more < 100; more++) pub(sent++)
      await new Promise(setImmediate)
    }
    expect([most, raw.frames.filter(({ t }) => t === 'ack').length]).toEqual([64, 0])
    stuck.release()
    await raw.until(({ q }) => q === sent - 1)
    const acks = raw.frames.slice(1)
    expect(acks.map(({ t, q, dup }) => [t, q, dup])).toEqual(Array.from({ length: sent }, (_, q) => ['ack', q, false]))
    expect(room.tail.seq).toBe(sent)
    expect(raw.frames.some(({ t }) => t === 'err')).toBe(false)
  })
})
