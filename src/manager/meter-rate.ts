/**
 * How fast something grows, out of a counter that is looked at now and then.
 *
 * @module
 */

interface Look {
  readonly at: number
  readonly count: number
}

/** So many looks are kept at most, evenly spread over the window. */
const LOOKS = 10

/**
 * The growth per second over a sliding window. Nothing is done as the counter grows: the counter is there anyway, and is read when
 * somebody asks or when the connection changes its state.
 */
export class SlidingRate {
  readonly #window: number
  #looks: readonly Look[]

  /** @param window - in milliseconds */
  constructor(count: number, at: number, window = 10_000) {
    this.#window = window
    this.#looks = [{ at, count }]
  }

  /** Notes where the counter stands. */
  look(count: number, at: number): void {
    const latest = this.#looks.at(-1)
    if (latest !== undefined && at - latest.at < this.#window / LOOKS) return
    const kept = this.#looks.filter((look) => at - look.at <= this.#window)
    this.#looks = [...(kept.length === 0 ? this.#looks.slice(-1) : kept.slice(1 - LOOKS)), { at, count }]
  }

  /** Per second since the oldest look within the window, or since the last look where nobody has looked for longer than that. */
  perSecond(count: number, at: number): number {
    const from = this.#looks.find((look) => at - look.at <= this.#window) ?? this.#looks.at(-1)
    return from === undefined || at <= from.at ? 0 : ((count - from.count) * 1_000) / (at - from.at)
  }
}
