/**
 * The part of OpenTelemetry's `Meter` that the server needs, by its shape: any real meter fits, and so does
 * {@link PrometheusMeter}. Nothing is imported from it.
 *
 * @module
 */

/** Labels of one value. */
export type Attributes = Readonly<Record<string, string>>

/** How an instrument is made. */
export interface InstrumentOptions {
  readonly description: string
  /** A unit of UCUM: `s`, `By`, `{record}`. */
  readonly unit: string
  readonly advice: {
    /** The attributes that values come with. OpenTelemetry takes them as advice; Prometheus has to know them. */
    attributes: string[]
    /** Upper ends of a histogram's buckets. */
    explicitBucketBoundaries?: number[]
  }
}

/** Takes values one by one. */
export interface Histogram {
  record(value: number, attributes?: Attributes): void
}

/** Where an observable instrument puts its values. */
export interface Observation {
  observe(value: number, attributes?: Attributes): void
}

/** An instrument that is asked at each collection. */
export interface Observable {
  addCallback(callback: (observation: Observation) => void): void
  removeCallback(callback: (observation: Observation) => void): void
}

/** Makes instruments. */
export interface Meter {
  createHistogram(name: string, options: InstrumentOptions): Histogram
  createObservableCounter(name: string, options: InstrumentOptions): Observable
  createObservableUpDownCounter(name: string, options: InstrumentOptions): Observable
  createObservableGauge(name: string, options: InstrumentOptions): Observable
}
