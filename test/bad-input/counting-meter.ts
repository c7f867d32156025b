/**
 * A meter that reads what the server counts.
 *
 * @module
 */

import type { Attributes, Meter, Observable, Observation } from '../../src/server/operations/meter.ts'

type Callback = (observation: Observation) => void

export class CountingMeter implements Meter {
  readonly #instruments = new Map<string, Set<Callback>>()

  createHistogram(): { record(): void } {
    return { record() {} }
  }

  createObservableCounter(name: string): Observable {
    return this.#observable(name)
  }

  createObservableUpDownCounter(name: string): Observable {
    return this.#observable(name)
  }

  createObservableGauge(name: string): Observable {
    return this.#observable(name)
  }

  /** The sum of an instrument's values that come with these attributes. */
  sum(name: string, attributes: Attributes): number {
    let sum = 0
    const observe = (value: number, given: Attributes = {}): void => {
      if (Object.entries(attributes).every(([key, wanted]) => given[key] === wanted)) sum += value
    }
    for (const callback of this.#instruments.get(name) ?? []) callback({ observe })
    return sum
  }

  #observable(name: string): Observable {
    const callbacks = new Set<Callback>()
    this.#instruments.set(name, callbacks)
    return {
      addCallback: (callback) => void callbacks.add(callback),
      removeCallback: (callback) => void callbacks.delete(callback),
    }
  }
}
