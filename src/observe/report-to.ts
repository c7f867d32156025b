/**
 * The figures through OpenTelemetry. Only its types are imported: the meter is yours, and so is the SDK behind it.
 *
 * @module
 */
import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api'
import type { MetricsSource } from './measure.ts'
import { mergeMetrics } from './merge-metrics.ts'
import { type countsOf, type DurationKind, durationBounds, durationKinds, type MetricsSnapshot } from './metrics.ts'

/** Adds one value to an instrument, with attributes. */
type Observe = (value: number, attributes?: Attributes) => void

/** An instrument that is asked at each collection. */
interface Instrument {
  readonly name: string
  readonly kind: 'Counter' | 'UpDownCounter'
  readonly unit: string
  readonly description: string
  /** Reads its values off a snapshot. */
  read(snapshot: MetricsSnapshot, observe: Observe): void
}

/** `error.type` is the name OpenTelemetry gives to a failure's class (semantic conventions, general attributes). */
const byCode = keyed('error.type')
const byState = keyed('statewire.state')
const byProtocol = keyed('statewire.protocol')

const instruments: readonly Instrument[] = [
  counter('connection.attempts', '{attempt}', 'Attempts to connect.', ({ attempts }, observe) => observe(attempts)),
  counter('connection.established', '{connection}', 'Connections that were up.', byProtocol('established')),
  counter('connection.losses', '{connection}', 'Connections that were lost.', byCode('losses')),
  counter('connection.failed_attempts', '{attempt}', 'Attempts that failed.', byCode('failedAttempts')),
  counter('connection.recoveries', '{connection}', 'Lost connections that came back.', (snapshot, observe) =>
    observe(snapshot.recoveries),
  ),
  counter('connection.gave_up', '{connection}', 'Connections that came to rest in error.', byCode('gaveUp')),
  counter('connection.transitions', '{transition}', 'Entries into each state.', byState('entered')),
  counter('connection.state_time', 's', 'Time spent in each state.', byState('stateMs', 1_000)),
  {
    ...counter('connections', '{connection}', 'Connections in each state now.', byState('current')),
    kind: 'UpDownCounter',
  },
  counter('messages.received', '{message}', 'Messages handed to listeners.', ({ received }, observe) =>
    observe(received),
  ),
  counter('messages.sent', '{message}', 'Messages a transport has taken.', ({ sent }, observe) => observe(sent)),
  counter('messages.refused', '{message}', 'Messages that were refused.', byCode('refused')),
  counter('messages.lost', '{message}', 'Messages known to be gone in gaps.', ({ lost }, observe) => observe(lost)),
  counter('gaps', '{gap}', 'Gaps in the history of a stream.', ({ gaps }, observe) => observe(gaps)),
]

const timers: Readonly<Record<DurationKind, readonly [name: string, description: string]>> = {
  connect: ['connection.connect_duration', 'How long a successful attempt took.'],
  recovery: ['connection.recovery_duration', 'How long a lost connection took to be up again.'],
  connected: ['connection.connected_duration', 'How long a connection was up.'],
}

/**
 * Reports figures through a meter until the returned function is called. Several connections are reported as their sum: an
 * observable instrument that two callbacks fill keeps the last value only, so give all of them to one call.
 *
 * @example
 * const stop = reportTo(provider.getMeter('statewire'), [measure(chat), measure(prices)])
 */
export function reportTo(meter: Meter, sources: MetricsSource | Iterable<MetricsSource>): () => void {
  const all = Symbol.iterator in sources ? [...sources] : [sources]
  const observables = new Map<Observable, Instrument>()
  for (const instrument of instruments) {
    const { name, kind, unit, description } = instrument
    observables.set(meter[`createObservable${kind}`](name, { unit, description }), instrument)
  }
  const collect = (result: BatchObservableResult): void => {
    const snapshot = mergeMetrics(all.map((source) => source.snapshot()))
    for (const [observable, instrument] of observables) {
      instrument.read(snapshot, (value, attributes) => result.observe(observable, value, attributes))
    }
  }
  meter.addBatchObservableCallback(collect, [...observables.keys()])
  const quiet = [...all.map(timed(meter))]
  return () => {
    meter.removeBatchObservableCallback(collect, [...observables.keys()])
    for (const leave of quiet) leave()
  }
}

/** Durations go to the meter one by one: a histogram cannot be observed afterwards. */
function timed(meter: Meter): (source: MetricsSource) => () => void {
  const boundaries = durationBounds.map((bound) => bound / 1_000)
  const histograms = new Map(
    durationKinds.map((kind) => {
      const [name, description] = timers[kind]
      const advice = { explicitBucketBoundaries: boundaries }
      return [kind, meter.createHistogram(`statewire.${name}`, { unit: 's', description, advice })]
    }),
  )
  return (source) => source.onDuration((kind, milliseconds) => histograms.get(kind)?.record(milliseconds / 1_000))
}

function counter(name: string, unit: string, description: string, read: Instrument['read']): Instrument {
  return { name: `statewire.${name}`, kind: 'Counter', unit, description, read }
}

/** Observes each key of a part, with the key as this attribute, in a unit that is so many times the part's. */
function keyed(attribute: string): (part: (typeof countsOf)[number], scale?: number) => Instrument['read'] {
  return (part, scale = 1) =>
    (snapshot, observe) => {
      for (const [key, count] of Object.entries(snapshot[part])) observe(count / scale, { [attribute]: key })
    }
}
