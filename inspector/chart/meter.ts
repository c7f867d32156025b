/**
 * How often something happens in a second.
 *
 * @module
 */

/** The stretch that is counted, in ms. */
export const meterSpan = 1000
const binLength = 100

/** Counts the last second, in bins of a tenth: it never holds more than twenty numbers. */
export class Meter {
  readonly #bins = new Map<number, number>()

  /** @param now milliseconds, monotonic. */
  add(times: number, now: number): void {
    const bin = Math.floor(now / binLength)
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + times)
    if (this.#bins.size > 2 * (meterSpan / binLength)) this.rate(now)
  }

  /** Of the second before `now`. */
  rate(now: number): number {
    const since = (now - meterSpan) / binLength
    const oldest = Math.floor(since)
    let sum = 0
    for (const [bin, times] of this.#bins) {
      if (bin < oldest) this.#bins.delete(bin)
      // Of the bin that the second begins in, as much as is within the second.
      else sum += bin === oldest ? times * (oldest + 1 - since) : times
    }
    return Math.round(sum)
  }
}
