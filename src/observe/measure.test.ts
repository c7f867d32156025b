import { expect, it } from 'vitest'
import type { Order } from '../../test/rigs/protocol.ts'
import { rows, type TransportRow } from '../../test/transports/rows.ts'
import { freshRoom, Session, type SessionOptions } from '../../test/transports/session.ts'
import { measure } from './measure.ts'
import { emptyMetrics, mergeMetrics } from './merge-metrics.ts'

function rowNamed(name: string): TransportRow {
  const found = rows.find((row) => row.name === name)
  if (found === undefined) throw new Error(`No transport is called ${name}.`)
  return found
}

async function measured(order: Order = {}, options: SessionOptions = {}, row = rowNamed('sse')) {
  const room = await freshRoom(order)
  const session = new Session(row, room, options)
  return { room, session, metrics: measure(session.actor) }
}

const untilConnections = (session: Session, count: number): Promise<void> =>
  session.until(() => session.all('connected').length === count)

it('counts attempts, losses and recoveries, and times them by the clock of the actor', async () => {
  const { room, session, metrics } = await measured({ append: ['one'] }, { skipBackoff: false })
  await session.connect()
  await session.untilTexts(1)
  session.clock.increment(7_000)
  await room.order({ cut: true, faults: [{ kind: 'refuse', status: 503 }] })
  await session.until(() => session.all('reconnecting').length === 1)
  session.clock.increment(20)
  await session.until(() => session.all('reconnecting').length === 2)
  session.clock.increment(20)
  await untilConnections(session, 2)
  session.clock.increment(1_000)
  session.actor.send({ type: 'close' })

  const figures = metrics.snapshot()
  expect(figures).toMatchObject({
    attempts: 3,
    established: { sse: 2 },
    losses: { network: 1 },
    failedAttempts: { http_status: 1 },
    recoveries: 1,
    gaveUp: {},
    received: 1,
    entered: { connecting: 1, connected: 2, reconnecting: 1, 'reconnecting.waiting': 2, closed: 1 },
    current: { closed: 1 },
  })
  expect(figures.durations.connected).toMatchObject({ count: 2, sum: 8_000, min: 1_000, max: 7_000 })
  expect(figures.durations.recovery).toMatchObject({ count: 1, sum: 40 })
  expect(figures.durations.connect.count).toBe(2)
  expect(figures.stateMs).toMatchObject({
    connected: 8_000,
    'connected.flow.flowing': 8_000,
    reconnecting: 40,
    closed: 0,
  })
  // What was measured is a plain object: nothing is lost on the way through JSON.
  expect(JSON.parse(JSON.stringify(figures))).toEqual(figures)
})

it('counts the running state up to now, and nothing after the end', async () => {
  const { session, metrics } = await measured()
  session.clock.increment(30)
  await session.connect()
  session.clock.increment(500)
  expect(metrics.snapshot().stateMs).toMatchObject({ idle: 30, connected: 500 })
  expect(metrics.snapshot().current).toMatchObject({ connected: 1, 'connected.flow.flowing': 1 })
  session.actor.send({ type: 'close' })
  session.clock.increment(500)
  expect(metrics.snapshot().stateMs).toMatchObject({ connected: 500, closed: 0 })
})

it('tells a refused message from a failure that ends the connection', async () => {
  const { session, metrics } = await measured({ faults: [{ kind: 'refuse', status: 404 }] }, { outbox: { bytes: 4 } })
  session.actor.send({ type: 'send', data: 'too long' })
  session.actor.send({ type: 'connect' })
  await session.untilState('error')
  expect(metrics.snapshot()).toMatchObject({
    attempts: 1,
    established: {},
    failedAttempts: { http_status: 1 },
    gaveUp: { http_status: 1 },
    refused: { outbox_full: 1 },
    recoveries: 0,
  })
  await session.connect()
  // Somebody called connect(): the connection did not recover by itself.
  expect(metrics.snapshot()).toMatchObject({ attempts: 2, recoveries: 0, established: { sse: 1 } })
})

it('counts what is sent and received from the moment it began', async () => {
  const { room, session } = await measured({ append: ['one'] }, {}, rowNamed('websocket'))
  await session.connect()
  await session.untilTexts(1)
  const later = measure(session.actor)
  session.actor.send({ type: 'send', data: 'hello' })
  await room.order({ append: ['two'] })
  await session.untilTexts(2)
  await room.until(({ received }) => received.length === 1)
  later.stop()
  await room.order({ append: ['three'] })
  await session.untilTexts(3)
  expect(later.snapshot()).toMatchObject({ received: 1, sent: 1, attempts: 0, established: {} })
})

it('costs no transition and no call for a message', async () => {
  const { session, metrics } = await measured({ fill: { count: 500, size: 10 } })
  await session.connect()
  const before = JSON.stringify(metrics.snapshot().entered)
  let moves = 0
  session.actor.subscribe(() => (moves += 1))
  await session.untilTexts(500)
  expect(moves).toBe(0)
  expect(JSON.stringify(metrics.snapshot().entered)).toBe(before)
  expect(metrics.snapshot().received).toBe(500)
})

it('hands on each duration as it is measured', async () => {
  const { session, metrics } = await measured()
  const heard: string[] = []
  const leave = metrics.onDuration((kind, milliseconds) => heard.push(`${kind} ${milliseconds}`))
  await session.connect()
  session.clock.increment(250)
  session.actor.send({ type: 'close' })
  leave()
  expect(heard).toEqual(['connect 0', 'connected 250'])
})

it('adds up the figures of several connections', async () => {
  const one = await measured({ append: ['a', 'b'] })
  const other = await measured({ append: ['c'] })
  await Promise.all([one.session.connect(), other.session.connect()])
  await Promise.all([one.session.untilTexts(2), other.session.untilTexts(1)])
  one.session.clock.increment(100)
  other.session.clock.increment(7)
  const pool = mergeMetrics([one, other].map(({ metrics }) => metrics.snapshot()))
  expect(pool).toMatchObject({ attempts: 2, received: 3, established: { sse: 2 }, current: { connected: 2 } })
  expect(pool.stateMs.connected).toBe(107)
  expect(pool.durations.connect.count).toBe(2)
  expect(mergeMetrics([])).toEqual(emptyMetrics)
})
