import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { expect, onTestFinished, test } from 'vitest'
import { ServerInstruments } from './instruments.ts'
import { prometheus } from './prometheus.ts'

/** The real SDK, which exports when it is told to. */
function telemetry() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  onTestFinished(() => provider.shutdown())
  return {
    meter: provider.getMeter('statewire'),
    /** Value and attributes of each point, by name and unit. */
    async collect(): Promise<Record<string, unknown[]>> {
      exporter.reset()
      await reader.forceFlush()
      const metrics = exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
      return Object.fromEntries(
        metrics.map(({ descriptor, dataPoints }) => [
          `${descriptor.name} ${descriptor.unit}`,
          dataPoints.map(({ value, attributes }) => [value, attributes]),
        ]),
      )
    },
  }
}

/** The lines about one metric, without its help. */
async function lines(metrics: ReturnType<typeof prometheus>, name: string): Promise<string[]> {
  const text = await metrics.text()
  return text.split('\n').filter((line) => line.startsWith(name))
}

/** A bit of everything. */
function busy(instruments: ServerInstruments): void {
  for (const kind of ['websocket', 'sse', 'sse', 'ndjson', 'long-poll'] as const) instruments.opened(kind)
  instruments.ended('sse')
  instruments.request('GET', 200, 3)
  instruments.request('GET', 206, 700)
  instruments.request('PURGE', 405, 1)
  instruments.appended(3, 120, 0.4)
  instruments.duplicate(false)
  instruments.duplicate(true)
  for (let count = 0; count < 1_000; count++) instruments.delivered('sse', 2)
  instruments.delivered('page', 7)
  instruments.sent('sse', 4_096)
  instruments.reset('trimmed')
  instruments.refused('too_large')
  instruments.limited('publishes')
  instruments.slowConsumer()
  instruments.failed()
}

test('Prometheus reads all that was counted, with names and units by its conventions', async () => {
  const metrics = prometheus()
  const instruments = new ServerInstruments([metrics.meter])
  busy(instruments)
  instruments.watch({ streams: () => 4, storeReads: () => 2, ringBytes: () => 1_024 })
  expect(await lines(metrics, 'statewire_server_')).toEqual(
    expect.arrayContaining([
      'statewire_server_connections{protocol="websocket"} 1',
      'statewire_server_connections{protocol="sse"} 1',
      'statewire_server_connections{protocol="ndjson"} 1',
      'statewire_server_connections{protocol="long-poll"} 1',
      'statewire_server_connections_opened_total{protocol="sse"} 2',
      'statewire_server_requests_total{http_request_method="GET",status_class="2xx"} 2',
      'statewire_server_requests_total{http_request_method="other",status_class="4xx"} 1',
      'statewire_server_request_duration_seconds_count 3',
      'statewire_server_request_duration_seconds_bucket{le="0.005"} 2',
      'statewire_server_appends_total 1',
      'statewire_server_records_total 3',
      'statewire_server_received_bytes_total 120',
      'statewire_server_append_duration_seconds_bucket{le="0.0005"} 1',
      'statewire_server_duplicates_total{match="same body"} 1',
      'statewire_server_duplicates_total{match="other body"} 1',
      'statewire_server_deliveries_total{protocol="sse"} 2000',
      'statewire_server_deliveries_total{protocol="page"} 7',
      'statewire_server_sent_bytes_total{protocol="sse"} 4096',
      'statewire_server_resets_total{reason="trimmed"} 1',
      'statewire_server_refusals_total{code="too_large"} 1',
      'statewire_server_rate_limited_total{limit="publishes"} 1',
      'statewire_server_slow_consumers_total 1',
      'statewire_server_errors_total 1',
      'statewire_server_live_streams 4',
      'statewire_server_store_reads 2',
      'statewire_server_ring_bytes 1024',
    ]),
  )
})

test('a second collection says the same, and what has come in between', async () => {
  const metrics = prometheus()
  const instruments = new ServerInstruments([metrics.meter])
  instruments.delivered('sse', 5)
  instruments.opened('sse')
  await metrics.text()
  expect(await lines(metrics, 'statewire_server_deliveries_total{protocol="sse"}')).toEqual([
    'statewire_server_deliveries_total{protocol="sse"} 5',
  ])
  instruments.delivered('sse', 1)
  instruments.ended('sse')
  expect(await lines(metrics, 'statewire_server_deliveries_total{protocol="sse"}')).toEqual([
    'statewire_server_deliveries_total{protocol="sse"} 6',
  ])
  expect(await lines(metrics, 'statewire_server_connections{protocol="sse"}')).toEqual([
    'statewire_server_connections{protocol="sse"} 0',
  ])
})

test('what has not happened yet is 0, not absent', async () => {
  const metrics = prometheus()
  new ServerInstruments([metrics.meter])
  for (const name of [
    'appends_total',
    'errors_total',
    'connections{protocol="sse"}',
    'deliveries_total{protocol="page"}',
  ])
    expect(await lines(metrics, `statewire_server_${name}`)).toEqual([`statewire_server_${name} 0`])
})

test('the same instruments work with the SDK of OpenTelemetry, beside Prometheus', async () => {
  const sdk = telemetry()
  const metrics = prometheus()
  const instruments = new ServerInstruments([metrics.meter, sdk.meter])
  instruments.watch({ streams: () => 4, storeReads: () => 2, ringBytes: () => 1_024 })
  busy(instruments)
  const collected = await sdk.collect()
  expect(collected).toMatchObject({
    'statewire.server.connections {connection}': expect.arrayContaining([[1, { 'statewire.protocol': 'websocket' }]]),
    'statewire.server.requests {request}': expect.arrayContaining([
      [2, { 'http.request.method': 'GET', 'statewire.status_class': '2xx' }],
    ]),
    'statewire.server.deliveries {record}': expect.arrayContaining([[2_000, { 'statewire.protocol': 'sse' }]]),
    'statewire.server.sent By': expect.arrayContaining([[4_096, { 'statewire.protocol': 'sse' }]]),
    'statewire.server.append.duration s': [[expect.objectContaining({ count: 1, sum: 0.0004 }), {}]],
    'statewire.server.errors {error}': [[1, {}]],
    'statewire.server.live_streams {stream}': [[4, {}]],
    'statewire.server.ring By': [[1_024, {}]],
  })
  expect(await lines(metrics, 'statewire_server_errors_total')).toEqual(['statewire_server_errors_total 1'])
  instruments.delivered('sse', 1)
  expect((await sdk.collect())['statewire.server.deliveries {record}']).toContainEqual([
    2_001,
    { 'statewire.protocol': 'sse' },
  ])
})

test('a closed server is no longer collected, and closing twice is no harm', async () => {
  const sdk = telemetry()
  const instruments = new ServerInstruments([sdk.meter])
  let asked = 0
  instruments.watch({ streams: () => ++asked, storeReads: () => 0, ringBytes: () => 0 })
  await sdk.collect()
  expect(asked).toBe(1)
  instruments.close()
  instruments.close()
  await sdk.collect()
  expect(asked).toBe(1)
})

test('labels that nobody foresaw are counted together beyond the 64th', async () => {
  const metrics = prometheus()
  const instruments = new ServerInstruments([metrics.meter])
  for (let count = 0; count < 1_000; count++) instruments.refused(`code_${count}`)
  const refusals = await lines(metrics, 'statewire_server_refusals_total')
  expect(refusals).toHaveLength(65)
  expect(refusals).toContain('statewire_server_refusals_total{code="other"} 936')
})

test('two servers of one process count apart, and share the figures of the process', async () => {
  const [one, other] = [prometheus(), prometheus()]
  const instruments = new ServerInstruments([one.meter])
  new ServerInstruments([other.meter])
  instruments.failed()
  expect(await lines(one, 'statewire_server_errors_total')).toEqual(['statewire_server_errors_total 1'])
  expect(await lines(other, 'statewire_server_errors_total')).toEqual(['statewire_server_errors_total 0'])
  for (const metrics of [one, other]) expect(await lines(metrics, 'process_cpu_seconds_total')).toHaveLength(1)
})

test('the figures of the process are numbers at the first reading', async () => {
  const metrics = prometheus()
  const text = await metrics.text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
  expect(value('process_cpu_seconds_total')).toBeGreaterThan(0)
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6)
  expect(value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)
  expect(value('nodejs_eventloop_lag_min_seconds')).toBeLessThan(60)
  expect(value('nodejs_eventloop_lag_mean_seconds')).toBeGreaterThan(0)
})

test('the text is one that Prometheus can read: each metric once, with help and type', async () => {
  const metrics = prometheus()
  busy(new ServerInstruments([metrics.meter]))
  const text = await metrics.text()
  expect(metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(text.endsWith('\n')).toBe(true)
  const types = text.split('\n').flatMap((line) => /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line)?.[1] ?? [])
  expect(new Set(types).size).toBe(types.length)
  for (const line of text.split('\n').filter((it) => it !== '' && !it.startsWith('#')))
    expect(line).toMatch(/^[a-z_]+[a-z0-9_]*(\{.*\})? -?[0-9.e+-]+$/i)
})
