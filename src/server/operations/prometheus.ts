/**
 * What the server counts, as the text that Prometheus reads.
 *
 * @module
 */

import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Attributes, InstrumentOptions, Meter, Observable, Observation } from './meter.ts'
import { processMetrics } from './process-metrics.ts'

/** A meter whose figures can be read as text. */
export interface Prometheus {
  readonly meter: Meter
  /** The type of the text, with its version. */
  readonly contentType: string
  /** All figures now, those of the process included. */
  text(): Promise<string>
}

/**
 * Creates a meter with a registry of its own: two servers in one process do not meet in it.
 *
 * @example
 * const metrics = prometheus()
 * const instruments = new ServerInstruments([metrics.meter])
 * console.log(await metrics.text())
 */
export function prometheus(): Prometheus {
  const registry = new Registry()
  return {
    meter: meterOf(registry),
    contentType: registry.contentType,
    text: async () => (await registry.metrics()) + (await processMetrics()),
  }
}

type Kind = 'counter' | 'gauge' | 'histogram'

function meterOf(registry: Registry): Meter {
  const configuration = (name: string, kind: Kind, { description, unit, advice }: InstrumentOptions) => ({
    name: prometheusName(name, unit, kind),
    help: description,
    labelNames: advice.attributes.map(labelName),
    registers: [registry],
  })
  const observableGauge = (name: string, options: InstrumentOptions): Observable => {
    const observers = new Observers((value, labels) => gauge.set(labels, value))
    const gauge: Gauge = new Gauge({
      ...configuration(name, 'gauge', options),
      collect: () => observers.collect(gauge),
    })
    return observers
  }
  return {
    createObservableGauge: observableGauge,
    // Prometheus calls whatever may fall a gauge.
    createObservableUpDownCounter: observableGauge,
    createObservableCounter(name, options) {
      const observers = new Observers((value, labels) => counter.inc(labels, value))
      const counter: Counter = new Counter({
        ...configuration(name, 'counter', options),
        collect: () => observers.collect(counter),
      })
      return observers
    },
    createHistogram(name, options) {
      const buckets = options.advice.explicitBucketBoundaries ?? []
      const histogram = new Histogram({ ...configuration(name, 'histogram', options), buckets })
      return { record: (value, attributes = {}) => histogram.observe(labelsOf(attributes), value) }
    },
  }
}

/** Who is asked for an instrument's values when they are collected. */
class Observers implements Observable {
  readonly #callbacks = new Set<(observation: Observation) => void>()
  readonly #observation: Observation

  constructor(put: (value: number, labels: Attributes) => void) {
    this.#observation = { observe: (value, attributes = {}) => put(value, labelsOf(attributes)) }
  }

  addCallback(callback: (observation: Observation) => void): void {
    this.#callbacks.add(callback)
  }

  removeCallback(callback: (observation: Observation) => void): void {
    this.#callbacks.delete(callback)
  }

  /** Values are totals: what was collected before is forgotten first. */
  collect(instrument: { reset(): void }): void {
    instrument.reset()
    for (const callback of this.#callbacks) callback(this.#observation)
  }
}

const UNIT_SUFFIXES: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' }

/** `statewire.server.sent` in `By`, a counter: `statewire_server_sent_bytes_total`. */
function prometheusName(name: string, unit: string, kind: Kind): string {
  return name.replaceAll('.', '_') + (UNIT_SUFFIXES[unit] ?? '') + (kind === 'counter' ? '_total' : '')
}

/** `statewire.protocol`: `protocol`. The instrument's name says already whose it is. */
function labelName(attribute: string): string {
  return attribute.replace(/^statewire\./, '').replaceAll('.', '_')
}

function labelsOf(attributes: Attributes): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [labelName(name), value]))
}
