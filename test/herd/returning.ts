/**
 * When a client comes back: the connection chart's own decisions with its own constants, for clients that have no chart.
 *
 * @module
 */
import { afterFailure, afterStability, mayRetry } from '../../machines/connection-decisions.ts'
import { type ConnectionContext, initialContext } from '../../machines/connection-types.ts'
import type { TransportError } from '../../src/errors.ts'

/** Architecture 8: after 10 s of stability, and not at opening, the backoff starts anew. */
const STABLE_MS = 10_000

export class Returning {
  readonly #random: () => number
  #context: ConnectionContext = initialContext({})
  #connectedAt: number | null = null

  constructor(random: () => number) {
    this.#random = random
  }

  /** How long an attempt may take, in milliseconds. */
  get connectTimeout(): number {
    return this.#context.settings.connectTimeout
  }

  connected(now: number): void {
    this.#connectedAt = now
    this.#context = { ...this.#context, established: this.#context.established + 1 }
  }

  /**
   * An attempt or a connection failed.
   *
   * @returns how long to wait, in milliseconds.
   * @throws Error when the chart would give up.
   */
  failed(error: TransportError, now: number): number {
    const stable = this.#connectedAt !== null && now - this.#connectedAt >= STABLE_MS
    const before = stable ? { ...this.#context, ...afterStability(this.#context) } : this.#context
    const met = { ...before, now, chance: this.#random() }
    if (!mayRetry(met, error)) throw new Error(`A client gave up: ${error.code} ${error.status ?? ''}`)
    this.#context = { ...met, ...afterFailure(met, error) }
    this.#connectedAt = null
    return this.#context.delay
  }
}
