/**
 * Whether a socket may be joined: one that has gone silent is open for its kernel for as long as it likes.
 *
 * @module
 */

/** An answer takes a round trip; whoever has waited so long for one is not joined. In ms. */
const ANSWERS_WITHIN = 2_000

/** A server that has agreed to a heartbeat is late by so many of it. */
const INTERVALS = 1.5

/** Times are those of the given clock, in ms. */
export class SocketPulse {
  readonly #now: () => number
  #heardAt: number
  #askedAt: number | undefined
  #longestSilence = Number.POSITIVE_INFINITY

  constructor(now: () => number) {
    this.#now = now
    this.#heardAt = now()
  }

  /** The server has agreed to be heard so often. Anything but a number is no promise. */
  expectEvery(interval: unknown): void {
    if (typeof interval === 'number' && interval > 0) this.#longestSilence = INTERVALS * interval
  }

  /** Something was sent that is answered. */
  asked(): void {
    this.#askedAt ??= this.#now()
  }

  /** Bytes came; says whether they were waited for. */
  heard(): boolean {
    const awaited = this.#askedAt !== undefined
    this.#heardAt = this.#now()
    this.#askedAt = undefined
    return awaited
  }

  isDoubtful(): boolean {
    const now = this.#now()
    if (this.#askedAt !== undefined && now - this.#askedAt > ANSWERS_WITHIN) return true
    return now - this.#heardAt > this.#longestSilence
  }
}
