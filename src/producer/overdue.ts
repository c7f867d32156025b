/**
 * Answers that do not come. A read that lives says nothing about a request that was swallowed beside it.
 *
 * @module
 */
import type { Clock } from '../connection/clock.ts'

/** Between two looks at what is under way; whatever is met twice is overdue. In ms, as long as two heartbeats. */
const SHORTEST = 10_000

/** A large append over a slow line may need its time: each time nothing came it is given twice as much. */
const LONGEST = 120_000

export class Overdue {
  readonly #clock: Clock
  readonly #look: () => 'nothing' | 'waiting' | 'overdue'
  #timer: unknown
  #period = SHORTEST

  /** @param look - looks at what is under way, and gives up waiting for what it has met before. */
  constructor(clock: Clock, look: () => 'nothing' | 'waiting' | 'overdue') {
    this.#clock = clock
    this.#look = look
  }

  /** Something is under way. */
  watch(): void {
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined
      const found = this.#look()
      if (found === 'overdue') this.#period = Math.min(2 * this.#period, LONGEST)
      if (found !== 'nothing') this.watch()
    }, this.#period)
  }

  /** An answer came. */
  startOver(): void {
    this.#period = SHORTEST
  }

  end(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
