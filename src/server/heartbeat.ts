/**
 * Signs of life on a connection that has nothing to say.
 *
 * @module
 */

import type { Clock } from './clock.ts'
import type { TimerWheel, WheelTimer } from './timer-wheel.ts'

const DEFAULT_SECONDS = 5
const MIN_SECONDS = 1
const MAX_SECONDS = 60

/** The interval a client asked for in seconds, brought into the range that is honoured, in milliseconds. */
export function heartbeatMs(asked: string | null): number {
  const seconds = asked === null || asked.trim() === '' ? Number.NaN : Number(asked)
  const wish = Number.isNaN(seconds) ? DEFAULT_SECONDS : seconds
  return Math.min(Math.max(wish, MIN_SECONDS), MAX_SECONDS) * 1000
}

/** What shows the sign of life. */
interface Heart {
  beat(): void
}

/**
 * Calls `beat` after each interval of silence. It measures the time that has passed instead of setting a timer per
 * write: a busy connection would otherwise set and clear thousands a second.
 */
export class Heartbeat {
  #last: number
  #timer: WheelTimer
  readonly #clock: Clock
  readonly #wheel: TimerWheel
  readonly #intervalMs: number
  readonly #heart: Heart
  readonly #tick = (): void => {
    const rest = this.#last + this.#intervalMs - this.#clock.now()
    this.#timer = this.#wheel.set(rest > 0 ? rest : this.#intervalMs, this.#tick)
    if (rest > 0) return
    this.touch()
    this.#heart.beat()
  }

  constructor(time: { readonly clock: Clock; readonly wheel: TimerWheel }, intervalMs: number, heart: Heart) {
    this.#clock = time.clock
    this.#wheel = time.wheel
    this.#intervalMs = intervalMs
    this.#heart = heart
    this.#last = time.clock.now()
    this.#timer = time.wheel.set(intervalMs, this.#tick)
  }

  /** Something was sent. */
  touch(): void {
    this.#last = this.#clock.now()
  }

  stop(): void {
    this.#wheel.clear(this.#timer)
  }
}
