import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { systemClock } from '../clock.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { eventually, startServer } from '../testing/rig.ts'
import { hold, shapedStore } from '../testing/shaped-store.ts'
import { greet, type RawSocket } from '../testing/socket-rig.ts'

const pingsTo = ({ frames }: RawSocket): number => frames.filter(({ t }) => t === 'ping').length

/** Resolves when everything that was on its way in both directions has arrived. */
async function settled(raw: RawSocket, k: string): Promise<void> {
  raw.send({ t: 'ping', k })
  await raw.until((frame) => frame.t === 'pong' && frame.k === k)
}

describe('liveness', () => {
  test('the server asks after an interval of silence, and closes with 4210 after two intervals and 5 s', async () => {
    const clock = manualClock()
    const { url, server } = await startServer({ clock })
    const raw = await greet(url, { pingMs: 2_000 })
    clock.advance(1_999)
    expect(pingsTo(raw)).toBe(0)
    clock.advance(1)
    await eventually(() => pingsTo(raw) === 1)
    clock.advance(7_000 - 1)
    expect(raw.socket.readyState).toBe(WebSocket.OPEN)
    clock.advance(1)
    expect(await raw.closed).toEqual({ code: 4210, reason: 'no_pong' })
    await eventually(() => server.connections === 0)
  })

  test('any frame of the client counts, and a client that only listens is asked while records flow', async () => {
    const clock = manualClock()
    const { url, server } = await startServer({ clock })
    const room = server.stream('a')
    const raw = await greet(url, { pingMs: 1_000 })
    raw.send({ t: 'sub', id: 1, s: 'a', o: '-1' })
    await raw.until(({ t }) => t === 'live')
    for (let second = 1; second <= 20; second++) {
      clock.advance(500)
      room.append(second)
      await raw.until(({ t, n }) => t === 'm' && n === second)
      clock.advance(500)
      await eventually(() => pingsTo(raw) === second)
      raw.send({ t: 'pong' })
      await settled(raw, `${second}`)
    }
    expect(raw.socket.readyState).toBe(WebSocket.OPEN)
  })

  test('a ping of the protocol counts as well', async () => {
    const clock = manualClock()
    const { url } = await startServer({ clock })
    const raw = await greet(url, { pingMs: 1_000 })
    for (let second = 0; second < 20; second++) {
      clock.advance(1_000)
      raw.socket.ping()
      await new Promise((resolve) => raw.socket.once('pong', resolve))
    }
    expect(raw.socket.readyState).toBe(WebSocket.OPEN)
  })
})

describe('a peer that could not be heard', () => {
  test('is asked and given time after the process was blocked, and dies only of its own silence', async () => {
    const manual = manualClock()
    let blockedMs = 0
    const clock = { ...manual, now: () => manual.now() + blockedMs }
    const { url } = await startServer({ clock })
    const raw = await greet(url, { pingMs: 1_000 })
    await settled(raw, 'before')
    blockedMs = 60_000
    manual.advance(1_000)
    await eventually(() => pingsTo(raw) > 0)
    manual.advance(5_900)
    await settled(raw, 'after')
    manual.advance(6_900)
    expect(raw.socket.readyState).toBe(WebSocket.OPEN)
    manual.advance(100)
    expect((await raw.closed).code).toBe(4210)
  })

  test('is not dead when its word came in the turn in which its time was over', async () => {
    const clock = manualClock()
    const { url } = await startServer({ clock })
    const raw = await greet(url, { pingMs: 1_000 })
    // Among the timers of a turn, where the real clock would be: they run before anything is read.
    await new Promise<void>((resolve) => systemClock.setTimeout(resolve, 0))
    raw.send({ t: 'pong' })
    clock.advance(7_000)
    await settled(raw, 'still here')
    expect(raw.socket.readyState).toBe(WebSocket.OPEN)
  })

  test('is not dead while the server does not read, because appends are waiting for the store', async () => {
    const stuck = hold()
    const clock = manualClock()
    const store = shapedStore({ before: (operation) => (operation === 'append' ? stuck.held : undefined) })
    const { url } = await startServer({ clock, store, limits: { unacknowledged: 1 }, autoCreate: true })
    const raw = await greet(url, { pingMs: 1_000 })
    raw.send({ t: 'pub', s: 'a', pid: 'p', e: 0, q: 0, d: [1] })
    raw.send({ t: 'ping', k: 'unread' })
    for (let second = 0; second < 30; second++) {
      clock.advance(1_000)
      await new Promise(setImmediate)
    }
    expect(raw.socket.readyState).toBe(WebSocket.OPEN)
    stuck.release()
    await raw.until(({ t }) => t === 'ack')
    await raw.until(({ k }) => k === 'unread')
  })
})
