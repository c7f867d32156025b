import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { expect, it, onTestFinished } from 'vitest'
import { rows } from '../../test/transports/rows.ts'
import { freshRoom, Session } from '../../test/transports/session.ts'
import { measure } from './measure.ts'
import { reportTo } from './report-to.ts'

/** An SDK that exports when it is told to. */
function telemetry() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  onTestFinished(() => provider.shutdown())
  return {
    meter: provider.getMeter('statewire'),
    /** Value and attributes of each point, by the name of its instrument. */
    async collect(): Promise<Record<string, unknown[]>> {
      exporter.reset()
      await reader.forceFlush()
      const scopes = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
      return Object.fromEntries(
        scopes
          .flatMap(({ metrics }) => metrics)
          .map(({ descriptor, dataPoints }) => [
            `${descriptor.name} ${descriptor.unit}`,
            dataPoints.map(({ value, attributes }) => [value, attributes]),
          ]),
      )
    },
  }
}

async function session() {
  const [row] = rows
  if (row === undefined) throw new Error('There are no transports.')
  const room = await freshRoom({ append: ['one', 'two'] })
  return { room, session: new Session(row, room) }
}

it('reports a real run: counts, states and durations, the sum of both connections', async () => {
  const { meter, collect } = telemetry()
  const one = await session()
  const other = await session()
  reportTo(meter, [measure(one.session.actor), measure(other.session.actor)])
  await one.session.connect()
  await other.session.connect()
  await one.session.untilTexts(2)
  await other.session.untilTexts(2)
  one.session.clock.increment(6_000)
  await one.room.order({ cut: true })
  await one.session.until((found) => found.all('connected').length === 2)

  const points = await collect()
  expect(points).toMatchObject({
    'statewire.connection.attempts {attempt}': [[3, {}]],
    'statewire.connection.established {connection}': [[3, { 'statewire.protocol': 'sse' }]],
    'statewire.connection.losses {connection}': [[1, { 'error.type': 'network' }]],
    'statewire.connection.recoveries {connection}': [[1, {}]],
    'statewire.messages.received {message}': [[4, {}]],
    'statewire.connection.connect_duration s': [[{ count: 3 }, {}]],
    'statewire.connection.connected_duration s': [[{ count: 1, sum: 6 }, {}]],
    'statewire.connection.recovery_duration s': [[{ count: 1 }, {}]],
  })
  expect(points['statewire.connections {connection}']).toContainEqual([2, { 'statewire.state': 'connected' }])
  expect(points['statewire.connection.state_time s']).toContainEqual([6, { 'statewire.state': 'connected' }])
  expect(points['statewire.connection.transitions {transition}']).toContainEqual([
    3,
    { 'statewire.state': 'connected' },
  ])
})

it('says nothing more once it is stopped', async () => {
  const { meter, collect } = telemetry()
  const { session: one } = await session()
  const stop = reportTo(meter, measure(one.actor))
  stop()
  await one.connect()
  one.clock.increment(10)
  one.actor.send({ type: 'close' })
  const points = Object.values(await collect())
  expect(points.flat()).toEqual([])
})
