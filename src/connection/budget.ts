/**
 * How many requests may go out in any minute: a sliding window, not a bucket, because a bucket of 30 that refills 30 a minute
 * lets 60 pass in one.
 *
 * @module
 */

const MINUTE = 60_000

/** So few times are copied at each request: an array that was pushed to keeps 128 bytes of room, and most connections make one. */
const FEW = 16

export class RequestBudget {
  readonly #most: number
  /** When the latest requests went out, the earliest first; those before {@link #oldest} count no more. */
  #spent: number[] = []
  #oldest = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Milliseconds until another request may go out; 0 when it may now. */
  wait(now: number): number {
    const oldest = this.#spent[this.#spent.length - this.#most]
    return oldest === undefined || now - oldest >= MINUTE ? 0 : Math.max(1, oldest + MINUTE - now)
  }

  spend(now: number): void {
    this.#forget(now)
    if (this.#spent.length < FEW) this.#spent = this.#spent.concat(now)
    else this.#spent.push(now)
  }

  /** Whether the last minute has seen no request. */
  isWhole(now: number): boolean {
    const latest = this.#spent[this.#spent.length - 1]
    return latest === undefined || now - latest >= MINUTE
  }

  /** Passes over what is older than a minute, and over what is not among the last {@link #most} once there is one more. */
  #forget(now: number): void {
    const spent = this.#spent
    for (let then = spent[this.#oldest]; then !== undefined; then = spent[this.#oldest]) {
      if (now - then < MINUTE && spent.length - this.#oldest < this.#most) break
      this.#oldest += 1
    }
    // Never more is copied than was passed over: two steps a request, however many a minute has.
    if (this.#oldest === 0 || this.#oldest * 2 < spent.length) return
    this.#spent = spent.slice(this.#oldest)
    this.#oldest = 0
  }
}
