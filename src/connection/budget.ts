/**
 * How many requests may go out in any minute: a sliding window, not a bucket, because a bucket of 30 that refills 30 a minute
 * lets 60 pass in one.
 *
 * @module
 */

const MINUTE = 60_000

export class RequestBudget {
  readonly #most: number
  /** When each request of the last minute went out, the oldest first. Copied on write: an array that grew keeps 128 bytes of room. */
  #spent: readonly number[] = []

  constructor(most: number) {
    this.#most = most
  }

  /** Milliseconds until another request may go out; 0 when it may now. */
  wait(now: number): number {
    const oldest = this.#spent[this.#spent.length - this.#most]
    return oldest === undefined || now - oldest >= MINUTE ? 0 : Math.max(1, oldest + MINUTE - now)
  }

  spend(now: number): void {
    this.#spent = this.#spent.filter((then) => now - then < MINUTE).concat(now)
  }
}
