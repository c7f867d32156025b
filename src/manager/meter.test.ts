import { describe, expect, test } from 'vitest'
import { createActor } from 'xstate'
import type { Order } from '../../test/rigs/protocol.ts'
import { rows, type TransportRow } from '../../test/transports/rows.ts'
import { freshRoom, Session, type SessionOptions } from '../../test/transports/session.ts'
import { nextUncaught } from '../../test/uncaught.ts'
import { connection } from '../connection/connection.ts'
import type { ConnectionActor } from '../connection/logic.ts'
import { TransportError } from '../errors.ts'
import type { Dial, DialRequest, Link } from '../link.ts'
import { simulatedClock } from '../testing/clock.ts'
import { settle } from '../testing/settle.ts'
import { ConnectionMeter } from './meter.ts'
import { SlidingRate } from './meter-rate.ts'

function rowNamed(name: string): TransportRow {
  const found = rows.find((row) => row.name === name)
  if (found === undefined) throw new Error(`No transport is called ${name}.`)
  return found
}

async function metered(order: Order = {}, options: SessionOptions = {}, row = rowNamed('sse')) {
  const room = await freshRoom(order)
  const session = new Session(row, room, options)
  return { room, session, meter: new ConnectionMeter(session.actor, session.clock) }
}

describe('over a real server', () => {
  test('a connection that has done nothing has nothing to say', async () => {
    const { meter } = await metered()
    expect(meter.read()).toMatchObject({
      state: 'idle',
      doubted: false,
      lastByteAge: null,
      roundTrip: null,
      connectLatency: null,
      deliveryRate: 0,
      queued: 0,
      attempts: 0,
      failures: 0,
      lastFailure: null,
      recoveries: 0,
    })
  })

  test('what waits to be sent is counted and weighed', async () => {
    const { session, meter } = await metered({}, {}, rowNamed('websocket'))
    session.actor.send({ type: 'send', data: 'x'.repeat(1_000) })
    session.actor.send({ type: 'send', data: 'y'.repeat(500) })
    await settle(() => meter.read().bufferedBytes === 1_500)
    expect(meter.read()).toMatchObject({ queued: 2, bufferedBytes: 1_500 })
    expect(meter.read().memory).toBeGreaterThan(1_500)
  })

  test('its messages are counted by the second, and its silence by the clock of the actor', async () => {
    const { room, session, meter } = await metered({ fill: { count: 50, size: 10 } })
    await session.connect()
    await session.untilTexts(50)
    session.clock.increment(5_000)
    expect(meter.read()).toMatchObject({ state: 'connected', deliveryRate: 10, lastByteAge: 5_000 })
    await room.order({ append: ['one'] })
    await session.untilTexts(51)
    session.clock.increment(100)
    expect(meter.read()).toMatchObject({ deliveryRate: 10, lastByteAge: 100 })
    // Behind the window only what came within it counts.
    session.clock.increment(9_900)
    expect(meter.read().deliveryRate).toBeCloseTo(0.1)
    session.clock.increment(60_000)
    expect(meter.read().deliveryRate).toBe(0)
  })

  test('failures, recoveries and the time in each state are told, and what went wrong last', async () => {
    const { room, session, meter } = await metered({ append: ['one'] }, { skipBackoff: false })
    await session.connect()
    await session.untilTexts(1)
    session.clock.increment(20_000)
    await room.order({ cut: true, faults: [{ kind: 'refuse', status: 503 }] })
    await session.until(() => session.all('reconnecting').length === 1)
    expect(meter.read()).toMatchObject({
      state: 'reconnecting',
      failures: 1,
      lastFailure: 'network',
      lastByteAge: null,
    })
    session.clock.increment(20)
    await session.until(() => session.all('reconnecting').length === 2)
    expect(meter.read()).toMatchObject({ failures: 2, failuresInRow: 2, lastFailure: 'http_status', recoveries: 0 })
    session.clock.increment(20)
    await session.untilState('connected')
    const reading = meter.read()
    expect(reading).toMatchObject({ state: 'connected', attempts: 3, failures: 2, recoveries: 1 })
    expect(reading.metrics.stateMs).toMatchObject({ connected: 20_000, reconnecting: 40 })
    expect(JSON.parse(JSON.stringify(reading))).toEqual(reading)
  })

  test('a paused connection hears nothing by its own choice', async () => {
    const { session, meter } = await metered({ append: ['one'] })
    await session.connect()
    await session.untilTexts(1)
    session.actor.send({ type: 'pause' })
    session.clock.increment(60_000)
    expect(meter.read()).toMatchObject({ state: 'connected', lastByteAge: null })
  })

  test('what waits to be sent is counted', async () => {
    const { session, meter } = await metered({ sendFaults: [{ kind: 'hold' }] })
    await session.connect()
    session.actor.send({ type: 'send', data: 'one' })
    session.actor.send({ type: 'send', data: 'two' })
    expect(meter.read().queued).toBe(2)
  })

  test('a message costs no transition, no call and no clock', async () => {
    const { session } = await metered({ fill: { count: 500, size: 10 } })
    let looks = 0
    const clock = Object.assign(Object.create(session.clock), { now: () => looks++ })
    const meter = new ConnectionMeter(session.actor, clock)
    await session.connect()
    const before = looks
    await session.untilTexts(500)
    expect(looks).toBe(before)
    expect(meter.read().metrics.received).toBe(500)
  })

  test('after stop the counts stay as they are, and nobody listens any more', async () => {
    const { room, session, meter } = await metered({ append: ['one'] })
    await session.connect()
    await session.untilTexts(1)
    meter.stop()
    await room.order({ append: ['two'] })
    await session.untilTexts(2)
    session.actor.send({ type: 'close' })
    expect(meter.read().metrics).toMatchObject({ received: 1, attempts: 1, entered: { connected: 1 } })
  })
})

/** A link that answers when the test says so. */
function answering() {
  const clock = simulatedClock()
  let request: DialRequest | undefined
  let open: (link: Link) => void = () => {}
  const dial: Dial<object> = (_, given) => {
    request = given
    return new Promise((resolve) => {
      open = resolve
    })
  }
  const link: Link = { protocol: 'scripted', read: () => new Promise(() => {}), ping: () => {}, close: () => {} }
  const input = { environment: false, heartbeatInterval: 1_000, probeTimeout: 500 } as const
  const actor = createActor(connection(dial), { clock, input }) as unknown as ConnectionActor
  const meter = new ConnectionMeter(actor, clock)
  actor.start()
  actor.send({ type: 'connect' })
  return { actor, clock, meter, hear: () => request?.heard(), open: () => open(link) }
}

describe('the round trip', () => {
  test('is that of the dial, and then that of each probe that is answered', async () => {
    const { actor, clock, hear, meter, open } = answering()
    await clock.advance(80)
    hear()
    open()
    await settle(() => actor.getSnapshot().hasTag('online'))
    expect(meter.read()).toMatchObject({ roundTrip: 80, connectLatency: 80 })
    // Silent for longer than was promised: it is asked, and answers after 30 ms.
    hear()
    await clock.advance(1_000)
    expect(meter.read()).toMatchObject({ doubted: true, roundTrip: 80 })
    await clock.advance(30)
    hear()
    await clock.advance(1_000)
    expect(meter.read()).toMatchObject({ roundTrip: 30, connectLatency: 80 })
    actor.stop()
  })

  test('of a probe that nobody answers is not made up', async () => {
    const { actor, clock, hear, meter, open } = answering()
    await clock.advance(80)
    hear()
    open()
    await settle(() => actor.getSnapshot().hasTag('online'))
    await clock.advance(10_000)
    expect(meter.read()).toMatchObject({ state: 'reconnecting', roundTrip: 80, lastFailure: 'silent' })
    actor.stop()
  })
})

describe('an actor that is no ordinary one', () => {
  test('is refused when it is no connection', () => {
    const { actor, clock } = answering()
    const stranger = Object.assign(Object.create(null), actor)
    expect(() => new ConnectionMeter(stranger, clock)).toThrow(expect.objectContaining({ code: 'bad_option' }))
    actor.stop()
  })

  test('may fail by the app’s own code: it is read all the same, and nothing is thrown at nobody', async () => {
    const crash = (): never => {
      throw new Error('ours')
    }
    const dial: Dial<object> = () => Promise.reject(new TransportError('network', 'Away.'))
    const logic = connection(dial).provide({ actions: { sayConnecting: crash } })
    const clock = simulatedClock()
    const actor = createActor(logic, { clock, input: { environment: false } }) as unknown as ConnectionActor
    const uncaught = nextUncaught()
    const meter = new ConnectionMeter(actor, clock)
    actor.start()
    actor.send({ type: 'connect' })
    expect(meter.read().metrics.gaveUp).toEqual({ internal: 1 })
    const own = new Error('the first that is uncaught')
    setTimeout(() => {
      throw own
    })
    expect(await uncaught).toBe(own)
  })
})

describe('a sliding rate', () => {
  test('is what came within the window, however often somebody looks', () => {
    const rate = new SlidingRate(0, 0)
    // 100 a second for 60 s, looked at every 10 ms; then nothing.
    for (let at = 10; at <= 60_000; at += 10) rate.look(at / 10, at)
    expect(rate.perSecond(6_000, 60_000)).toBeCloseTo(100, 0)
    expect(rate.perSecond(6_000, 65_000)).toBeGreaterThan(35)
    expect(rate.perSecond(6_000, 65_000)).toBeLessThan(60)
    expect(rate.perSecond(6_000, 75_000)).toBe(0)
  })

  test('reaches back to the last look where nobody has looked for long', () => {
    const rate = new SlidingRate(0, 0)
    expect(rate.perSecond(600, 60_000)).toBe(10)
  })

  test('is nothing while no time has passed', () => {
    expect(new SlidingRate(0, 5).perSecond(10, 5)).toBe(0)
  })
})
