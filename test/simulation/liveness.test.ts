import { describe, expect, test } from 'vitest'
import type { EnvironmentSignal } from '../../machines/environment-types.ts'
import { cut, type LinkKind, simulate, surroundings } from './scripted.ts'
import { TimeLine } from './time-line.ts'

const connected = (liveness: string) => ({ connected: { flow: 'flowing', liveness } })
const waiting = { reconnecting: 'waiting' }

/** A connection whose surroundings the test plays. */
function surrounded(input: Parameters<typeof simulate>[0] = {}) {
  const time = new TimeLine()
  const { environment, listening, say } = surroundings(time)
  return { ...simulate({ environment, ...input }, { time }), say, listening }
}

test.each(['ping', 'wait'] as const)('a dead link is noticed 10 s after its last byte: %s', async (kind: LinkKind) => {
  const { opened, pass, value, failure, context } = simulate({ heartbeatInterval: 5_000, random: () => 0.99 })
  const link = await opened(kind)
  await pass(3_000)
  link.hear()
  await pass(4_999)
  expect(value()).toEqual(connected('alive'))
  await pass(1)
  expect(value()).toEqual(connected('probing'))
  await pass(2_499)
  expect(value()).toEqual(connected('probing'))
  await pass(1)
  expect(value()).toEqual(connected('confirming'))
  await pass(2_499)
  expect(value()).toEqual(connected('confirming'))
  await pass(1)
  expect([value(), failure()]).toEqual([waiting, 'silent'])
  expect(context().failure?.message).toContain('10000 ms')
  expect(link.pings).toEqual(kind === 'ping' ? [8_000, 10_500] : [])
  expect(link.farewell).not.toBeNull()
})

test.each([
  ['while it is probed', 6_000],
  ['in the last millisecond of the first step', 7_499],
  ['while it is asked again', 8_000],
  ['in the very last millisecond', 9_999],
])('a byte that comes %s is enough', async (_, when) => {
  const { opened, pass, value } = simulate({ heartbeatInterval: 5_000 })
  const link = await opened()
  await pass(when)
  link.hear()
  await pass(10_000 - when)
  expect(value()).toEqual(connected('alive'))
})

test('a link that answers each ping is never lost, and is asked once per interval', async () => {
  const { attempts, opened, pass } = simulate({ heartbeatInterval: 1_000 })
  const link = await opened()
  link.onPing = () => link.hear()
  await pass(600_000)
  expect(attempts).toHaveLength(1)
  expect(link.pings.length).toBeGreaterThan(300)
  expect(link.pings.length).toBeLessThanOrEqual(600)
})

test('the watchdog measures from the last byte: one that comes between two looks postpones the next', async () => {
  const { opened, pass, time } = simulate({ heartbeatInterval: 5_000, stableAfter: 1 })
  const link = await opened()
  await pass(4_000)
  link.hear()
  await pass(1_000)
  expect(time.pending).toEqual([4_000])
})

test('a connection without promises is never doubted by time alone', async () => {
  const { opened, pass, value, time } = simulate()
  await opened()
  await pass(10_000)
  expect(value()).toEqual(connected('unwatched'))
  expect(time.pending).toEqual([])
})

const doubts: [string, EnvironmentSignal][] = [
  ['a sleep', { type: 'slept' }],
  ['a look at the page', { type: 'page', page: 'visible' }],
  ['the focus', { type: 'focus' }],
  ['a network that left', { type: 'network', network: 'offline' }],
  ['another network', { type: 'network', network: 'online' }],
]

describe.each(doubts)('after %s', (_, signal) => {
  test.each([Number.POSITIVE_INFINITY, 5_000])(
    'a dead link that can be asked is lost in 3 s (promised: %s)',
    async (heartbeatInterval) => {
      const { opened, pass, value, failure, say } = surrounded({ heartbeatInterval })
      const link = await opened()
      await pass(1_000)
      say(signal)
      expect(value()).toEqual(connected('probing'))
      expect(link.pings).toEqual([1_000])
      await pass(1_499)
      expect(value()).toEqual(connected('probing'))
      await pass(1)
      expect(value()).toEqual(connected('confirming'))
      expect(link.pings).toEqual([1_000, 2_500])
      await pass(1_499)
      expect(value()).toEqual(connected('confirming'))
      await pass(1)
      expect(failure()).toBe('silent')
    },
  )

  test('a link that answers stays, and is not asked twice', async () => {
    const { opened, pass, value, say } = surrounded()
    const link = await opened()
    link.onPing = () => link.hear()
    say(signal)
    await pass(60_000)
    expect(value()).toEqual(connected('unwatched'))
    expect(link.pings).toEqual([0])
  })

  test('a link that can only wait, and that promised nothing, is left alone', async () => {
    const { opened, pass, value, say } = surrounded()
    await opened('wait')
    say(signal)
    await pass(60_000)
    expect(value()).toEqual(connected('unwatched'))
  })
})

test('a page that goes away is no reason to doubt anything', async () => {
  const { opened, value, say } = surrounded()
  await opened()
  say({ type: 'page', page: 'hidden' })
  expect(value()).toEqual(connected('unwatched'))
})

test('while it is doubted already, further doubts neither shorten nor prolong it', async () => {
  const { actor, opened, pass, failure, value } = simulate({ heartbeatInterval: 5_000 })
  const link = await opened()
  actor.send({ type: 'page.wake' })
  for (const type of ['page.wake', 'page.visible', 'network.online', 'network.offline'] as const) {
    await pass(300)
    actor.send({ type })
  }
  expect(value()).toEqual(connected('probing'))
  await pass(300)
  for (const type of ['page.wake', 'page.visible', 'network.online', 'network.offline'] as const) {
    await pass(300)
    actor.send({ type })
  }
  expect(link.pings).toHaveLength(2)
  expect(value()).toEqual(connected('confirming'))
  await pass(300)
  expect(failure()).toBe('silent')
})

describe.each(['page.wake', 'network.online', 'network.offline'] as const)(
  'a link that can only wait, after %s',
  (type) => {
    test('is given until its next sign of life is due, and a second more', async () => {
      const { actor, opened, pass, failure, value } = simulate({ heartbeatInterval: 10_000 })
      const link = await opened('wait')
      await pass(500)
      link.hear()
      await pass(1_000)
      actor.send({ type })
      expect(value()).toEqual(connected('probing'))
      await pass(4_999)
      expect(value()).toEqual(connected('probing'))
      await pass(1)
      expect(value()).toEqual(connected('confirming'))
      await pass(4_999)
      expect(value()).toEqual(connected('confirming'))
      await pass(1)
      expect(failure()).toBe('silent')
    })

    test('is not lost when that comes', async () => {
      const { actor, attempts, opened, pass, value } = simulate({ heartbeatInterval: 10_000 })
      const link = await opened('wait')
      await pass(1_000)
      actor.send({ type })
      await pass(9_000)
      link.hear()
      await pass(1_000)
      expect(value()).toEqual(connected('alive'))
      expect(attempts).toHaveLength(1)
    })

    test('is given no less than the probe timeout', async () => {
      const { actor, opened, pass, failure } = simulate({ heartbeatInterval: 1_000 })
      await opened('wait')
      await pass(999)
      actor.send({ type })
      await pass(2_999)
      expect(failure()).toBeUndefined()
      await pass(1)
      expect(failure()).toBe('silent')
    })
  },
)

test('a link that can only wait, and that was silent for longer than promised while the machine slept, is lost 3 s after the wake', async () => {
  const { actor, time, opened, pass, failure, value } = simulate({ heartbeatInterval: 5_000 })
  await opened('wait')
  time.firesAt = () => Number.POSITIVE_INFINITY
  await pass(60_000)
  time.firesAt = (due) => due
  actor.send({ type: 'page.wake' })
  expect(value()).toEqual(connected('probing'))
  await pass(2_999)
  expect(value()).toEqual(connected('confirming'))
  await pass(1)
  expect(failure()).toBe('silent')
})

test('a look at the page doubts a link that can only wait from the moment on when its promise is overdue', async () => {
  const time = new TimeLine()
  const { actor, opened, pass, value, failure } = simulate({ heartbeatInterval: 5_000 }, { time })
  const link = await opened('wait')
  // A hidden page: timers come once a minute.
  time.firesAt = (due) => Math.ceil(due / 60_000) * 60_000
  await pass(1_000)
  link.hear()
  await pass(4_999)
  actor.send({ type: 'page.visible' })
  expect(value()).toEqual(connected('alive'))
  await pass(1)
  time.firesAt = (due) => due
  actor.send({ type: 'page.visible' })
  expect(value()).toEqual(connected('probing'))
  await pass(3_000)
  expect(failure()).toBe('silent')
})

test('the probe timeout is an option', async () => {
  const { actor, opened, pass, value, failure } = simulate({ probeTimeout: 800 })
  await opened()
  actor.send({ type: 'page.wake' })
  await pass(400)
  expect(value()).toEqual(connected('confirming'))
  await pass(399)
  expect(failure()).toBeUndefined()
  await pass(1)
  expect(failure()).toBe('silent')
})

test('each link says for itself whether it can be asked', async () => {
  const { actor, opened, accept, pass, context, value } = simulate({ random: () => 0 })
  const link = await opened('ping')
  expect(context().probe).toBe('ping')
  link.lose(cut)
  await pass(0)
  await accept('wait')
  expect(context().probe).toBe('wait')
  actor.send({ type: 'page.wake' })
  expect(value()).toEqual(connected('unwatched'))
})

test('a dead link is noticed in 10 s also before its first byte timed out, once it was heard', async () => {
  const { opened, pass, failure } = simulate({ heartbeatInterval: 5_000, firstByteTimeout: 60_000, random: () => 0.99 })
  const link = await opened()
  await pass(1_000)
  link.hear()
  await pass(10_000)
  expect(failure()).toBe('silent')
})

test('a wake is a reason to doubt a link also before its first byte timed out', async () => {
  const { actor, opened, pass, failure } = simulate({ firstByteTimeout: 60_000 })
  const link = await opened()
  link.hear()
  await pass(1_000)
  actor.send({ type: 'page.wake' })
  await pass(3_000)
  expect(failure()).toBe('silent')
})

test('whoever pauses hears nothing by choice, and loses no link over it; after the resume silence counts anew', async () => {
  const { actor, opened, pass, value, failure } = simulate({ heartbeatInterval: 5_000 })
  await opened()
  await pass(4_000)
  actor.send({ type: 'pause' })
  await pass(100_000)
  expect(value()).toEqual({ connected: { flow: 'paused', liveness: 'alive' } })
  actor.send({ type: 'resume' })
  await pass(5_000)
  expect(failure()).toBeUndefined()
  await pass(10_000)
  expect(failure()).toBe('silent')
})

test('tags tell a doubted link from a sound one', async () => {
  const { actor, opened, pass } = simulate()
  await opened()
  const tags = () => [...actor.getSnapshot().tags].sort()
  expect(tags()).toEqual(['online'])
  actor.send({ type: 'page.wake' })
  expect(tags()).toEqual(['degraded', 'online'])
  await pass(1_500)
  expect(tags()).toEqual(['degraded', 'online'])
  await pass(1_500)
  expect(tags()).toEqual(['degraded', 'pending'])
})

test('flapping ten times a second leaves one live link, and asks it at most once a second', async () => {
  const { attempts, opened, pass, say, value } = surrounded()
  const link = await opened()
  link.onPing = () => link.hear()
  for (let flap = 0; flap < 100; flap++) {
    say({ type: 'network', network: flap % 2 === 0 ? 'offline' : 'online' })
    await pass(100)
  }
  await pass(10_000)
  expect(value()).toEqual(connected('unwatched'))
  expect(attempts).toHaveLength(1)
  expect(link.pings.length).toBeGreaterThan(0)
  expect(link.pings.length).toBeLessThanOrEqual(11)
})

test('the surroundings are listened to from connect to close, and by nobody afterwards', async () => {
  const { actor, opened, listening } = surrounded()
  expect(listening()).toBe(0)
  await opened()
  expect(listening()).toBe(1)
  actor.send({ type: 'close' })
  expect(listening()).toBe(0)
})
