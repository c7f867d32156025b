/**
 * Which sequence numbers of one sending session were taken.
 *
 * @module
 */

/** Takes each number once, and none that is further behind the highest than the window is wide. */
export class ReplayWindow {
  /** One byte per number, at `sequence % width`: memory is fixed when the sender is first met. */
  readonly #taken: Uint8Array
  #highest = -1

  /** @param width - how many numbers are remembered; with 1 they may only rise. */
  constructor(width: number) {
    this.#taken = new Uint8Array(width)
  }

  /**
   * How many numbers were jumped over, or `null` where this one was taken already or is too old to tell. The first number of a
   * session jumps over nothing: who joins late has missed nothing that was meant for him.
   */
  take(sequence: number): number | null {
    const width = this.#taken.length
    const slot = sequence % width
    if (sequence <= this.#highest) {
      if (sequence <= this.#highest - width || this.#taken[slot] === 1) return null
      this.#taken[slot] = 1
      return 0
    }
    const lost = this.#highest < 0 ? 0 : sequence - this.#highest - 1
    if (lost >= width) this.#taken.fill(0)
    else for (let skipped = this.#highest + 1; skipped < sequence; skipped++) this.#taken[skipped % width] = 0
    this.#taken[slot] = 1
    this.#highest = sequence
    return lost
  }
}
