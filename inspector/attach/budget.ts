/**
 * How much is told in a second.
 *
 * @module
 */
export class Budget {
  readonly #limit: number
  #until = Number.NEGATIVE_INFINITY
  #spent = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether one more may be told at this time, in ms; if so, it is counted. */
  spend(now: number): boolean {
    if (now >= this.#until) {
      this.#until = now + 1_000
      this.#spent = 0
    }
    if (this.#spent >= this.#limit) return false
    this.#spent += 1
    return true
  }

  /** Whether there is nothing left of this second. */
  isSpent(now: number): boolean {
    return now < this.#until && this.#spent >= this.#limit
  }
}
