/**
 * What the server counts.
 *
 * Counting is adding to a plain number: 10,000 deliveries a turn leave no time for more. The numbers are read when somebody collects,
 * so that each of several meters sees the same. No label names a stream, a principal or an address: they would be a leak,
 * and one time series for each would fill any collector.
 *
 * @module
 */

import { type CounterRow, durationRows, gaugeRows, type OutRow, optionsOf, rows } from './instrument-table.ts'
import type { Histogram, Meter, Observable, Observation } from './meter.ts'
import { Tally } from './tally.ts'

/** What stays open. */
export type ConnectionKind = 'websocket' | 'sse' | 'ndjson' | 'long-poll'

const KINDS: readonly ConnectionKind[] = ['websocket', 'sse', 'ndjson', 'long-poll']

/** How records leave. `page`: in an answer that ends by itself. */
export type DeliveryForm = 'websocket' | 'sse' | 'ndjson' | 'page'

/** What can be read off the server at any time. */
export interface ServerGauges {
  /** Streams that are read live. */
  streams(): number
  /** Reads of the store under way, or waiting for their turn. */
  storeReads(): number
  /** What the rings of all streams hold, in bytes. */
  ringBytes(): number
}

/** Methods there are; whatever else a client invents is one more of `other`. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'])

/**
 * Counts for one server, through any number of meters.
 *
 * @example
 * const prometheus = new PrometheusMeter()
 * const instruments = new ServerInstruments([prometheus, provider.getMeter('statewire')])
 */
export class ServerInstruments {
  readonly #counts: Readonly<Record<CounterRow, Tally>> = {
    connections: new Tally(...KINDS),
    opened: new Tally(...KINDS),
    requests: new Tally(),
    appends: new Tally(''),
    recordsIn: new Tally(''),
    bytesIn: new Tally(''),
    duplicates: new Tally('same body', 'other body'),
    resets: new Tally(),
    refusals: new Tally(),
    limited: new Tally(),
    slowConsumers: new Tally(''),
    errors: new Tally(''),
  }
  /** Apart from the tallies, with a fixed shape: these are added to for each reader and record. */
  readonly #out: Readonly<Record<OutRow, Record<DeliveryForm, number>>> = {
    deliveries: { websocket: 0, sse: 0, ndjson: 0, page: 0 },
    bytesOut: { websocket: 0, sse: 0, ndjson: 0, page: 0 },
  }
  readonly #requestDurations: readonly Histogram[]
  readonly #appendDurations: readonly Histogram[]
  readonly #meters: readonly Meter[]
  readonly #leave: (() => void)[] = []

  constructor(meters: readonly Meter[] = []) {
    this.#meters = meters
    const durations = (row: keyof typeof durationRows) => {
      const { name } = durationRows[row]
      return meters.map((meter) => meter.createHistogram(name, optionsOf(durationRows[row])))
    }
    this.#requestDurations = durations('requests')
    this.#appendDurations = durations('appends')
    for (const meter of meters) this.#reportTo(meter)
  }

  /** A socket or a live read has opened. */
  opened(kind: ConnectionKind): void {
    this.#counts.connections.add(kind, 1)
    this.#counts.opened.add(kind, 1)
  }

  /** … and is gone. */
  ended(kind: ConnectionKind): void {
    this.#counts.connections.add(kind, -1)
  }

  /** An answer has its status, so many milliseconds after its request: for a live read that is its first byte, not its last. */
  request(method: string, status: number, milliseconds: number): void {
    const known = METHODS.has(method) ? method : 'other'
    this.#counts.requests.add(`${known} ${Math.floor(status / 100)}xx`, 1)
    for (const histogram of this.#requestDurations) histogram.record(milliseconds / 1_000)
  }

  /** Records and their bytes are in the store. */
  appended(records: number, bytes: number, milliseconds: number): void {
    this.#counts.appends.add('', 1)
    this.#counts.recordsIn.add('', records)
    this.#counts.bytesIn.add('', bytes)
    for (const histogram of this.#appendDurations) histogram.record(milliseconds / 1_000)
  }

  /** An append was in the store already. `differs`: with another body, so its producer is broken (the first body stays). */
  duplicate(differs: boolean): void {
    this.#counts.duplicates.add(differs ? 'other body' : 'same body', 1)
  }

  /** Records were handed to one reader's socket. */
  delivered(form: DeliveryForm, records: number): void {
    this.#out.deliveries[form] += records
  }

  /** Bytes were handed to sockets. */
  sent(form: DeliveryForm, bytes: number): void {
    this.#out.bytesOut[form] += bytes
  }

  /** A position could not be served. */
  reset(reason: string): void {
    this.#counts.resets.add(reason, 1)
  }

  /** A request, frame or socket was refused. @param code The refusal's slug, or a close code. */
  refused(code: string): void {
    this.#counts.refusals.add(code, 1)
  }

  /** A rate limit was reached. @param what Its name among the limits. */
  limited(what: string): void {
    this.#counts.limited.add(what, 1)
  }

  /** A reader was cut off because its socket took nothing any more. */
  slowConsumer(): void {
    this.#counts.slowConsumers.add('', 1)
  }

  /** Something happened that should not have happened. */
  failed(): void {
    this.#counts.errors.add('', 1)
  }

  /** Reports what the server holds, too. Once. */
  watch(gauges: ServerGauges): void {
    for (const meter of this.#meters)
      for (const row of gaugeRows)
        this.#collect(meter.createObservableGauge(row.name, optionsOf(row)), (observation) =>
          observation.observe(gauges[row.gauge]()),
        )
  }

  /** Leaves the meters: one that lives longer would otherwise hold the whole server, and count it for ever. Idempotent. */
  close(): void {
    for (const leave of this.#leave.splice(0)) leave()
  }

  #reportTo(meter: Meter): void {
    for (const row of rows) {
      const options = optionsOf(row)
      const observable =
        row.now === true
          ? meter.createObservableUpDownCounter(row.name, options)
          : meter.createObservableCounter(row.name, options)
      this.#collect(observable, (observation) => {
        for (const [label, count] of this.#read(row.count)) observation.observe(count, row.attributesOf(label))
      })
    }
  }

  #collect(observable: Observable, callback: (observation: Observation) => void): void {
    observable.addCallback(callback)
    this.#leave.push(() => observable.removeCallback(callback))
  }

  #read(count: CounterRow | OutRow): Iterable<[label: string, count: number]> {
    if (count === 'deliveries' || count === 'bytesOut') return Object.entries(this.#out[count])
    return this.#counts[count].entries()
  }
}

export type { Meter } from './meter.ts'
