/**
 * Signs of life on a connection that has nothing to say.
 *
 * @module
 */

import type { Clock } from './clock.ts'

const DEFAULT_SECONDS = 5
const MIN_SECONDS = 1
const MAX_SECONDS = 60

/** The interval a client asked for in seconds, brought into the range that is honoured, in milliseconds. */
export function heartbeatMs(asked: string | null): number {
  const seconds = asked === null || asked.trim() === '' ? Number.NaN : Number(asked)
  const wish = Number.isNaN(seconds) ? DEFAULT_SECONDS : seconds
  return Math.min(Math.max(wish, MIN_SECONDS), MAX_SECONDS) * 1000
}

/**
 * Calls `beat` after each interval of silence. It measures the time that has passed instead of setting a timer per
 * write: a busy connection would otherwise set and clear thousands a second.
 */
export class Heartbeat {
  #last: number
  #timer: unknown
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #beat: () => void

  constructor(clock: Clock, intervalMs: number, beat: () => void) {
    this.#clock = clock
    this.#intervalMs = intervalMs
    this.#beat = beat
    this.#last = clock.now()
    this.#arm(intervalMs)
  }

  /** Something was sent. */
  touch(): void {
    this.#last = this.#clock.now()
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer)
  }

  #arm(milliseconds: number): void {
    this.#timer = this.#clock.setTimeout(() => this.#tick(), milliseconds)
  }

  #tick(): void {
    const rest = this.#last + this.#intervalMs - this.#clock.now()
    if (rest > 0) {
      this.#arm(rest)
    } else {
      this.touch()
      this.#arm(this.#intervalMs)
      this.#beat()
    }
  }
}
