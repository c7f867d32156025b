/**
 * Guessing tokens is slow, and one who guesses does not lock out his neighbours.
 *
 * @module
 */

import type { Clock } from '../clock.ts'
import { BoundedMap } from './bounded-map.ts'

const MINUTE_MS = 60_000
const MOST_NETWORKS = 100_000
const MOST_KNOWN = 10_000

interface Failures {
  readonly since: number
  readonly count: number
}

/** Failed authentications, by network. */
export class FailureLimit {
  readonly #most: number
  readonly #clock: Clock
  readonly #failures = new BoundedMap<Failures>(MOST_NETWORKS)
  /**
   * Tokens that were good not long ago. Behind one address there may be a whole office, or a proxy that nobody declared: without
   * this, a colleague with a wrong token would cost everybody a minute.
   */
  readonly #known = new BoundedMap<true>(MOST_KNOWN)

  /** @param most failures within a minute, after which nobody there is heard until a minute after the last. */
  constructor(most: number, clock: Clock) {
    this.#most = most
    this.#clock = clock
  }

  /** How long a token has to wait before it is looked at; 0: not at all. */
  waitMs(network: string, fingerprint: string): number {
    const failures = this.#current(network)
    if (failures === undefined || failures.count < this.#most || this.#known.get(fingerprint)) return 0
    return failures.since + MINUTE_MS - this.#clock.now()
  }

  failed(network: string, fingerprint: string): void {
    this.#known.delete(fingerprint)
    const count = (this.#current(network)?.count ?? 0) + 1
    // The last one permitted starts the minute of silence.
    const since = count >= this.#most ? this.#clock.now() : (this.#current(network)?.since ?? this.#clock.now())
    this.#failures.set(network, { since, count })
  }

  passed(fingerprint: string): void {
    this.#known.set(fingerprint, true)
  }

  #current(network: string): Failures | undefined {
    const failures = this.#failures.get(network)
    return failures !== undefined && this.#clock.now() < failures.since + MINUTE_MS ? failures : undefined
  }
}
