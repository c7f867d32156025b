/**
 * The pulse of slow answers. Time is never slept away: a test calls `tick()`, or a clock it advances does.
 *
 * @module
 */

/** The part of a clock that a ticker needs; XState's clocks and {@link SimulatedClock} have it. */
export interface TimerClock {
  setTimeout(run: () => void, milliseconds: number): unknown
}

/** Who writes slowly waits here for the next tick. */
export class Ticker {
  #waiting: (() => void)[] = []
  readonly #clock: TimerClock | undefined
  readonly #interval: number
  #armed = false

  constructor(clock: TimerClock | undefined, interval: number) {
    this.#clock = clock
    this.#interval = interval
  }

  /** Resolves with the next tick. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#arm()
    })
  }

  /** Lets everybody who waits write once. */
  tick(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const go of waiting) go()
  }

  /** Only while somebody waits: an idle ticker must not fill a clock with timers. */
  #arm(): void {
    if (this.#clock === undefined || this.#armed) return
    this.#armed = true
    this.#clock.setTimeout(() => {
      this.#armed = false
      this.tick()
    }, this.#interval)
  }
}
