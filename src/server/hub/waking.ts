/**
 * Those who want to know that a stream has grown.
 *
 * @module
 */

import type { Clock } from '../clock.ts'

/** Called when there may be something new: more records, the end, or a deletion. Looks for itself. */
export type Wake = () => void

/**
 * One record to 10,000 sockets in one turn blocked the event loop for 0.56 s: each write is a system call.
 * So many at once, then everything else gets its turn.
 */
const WAKES_PER_TURN = 512

/** … and no longer than this, as a busy machine writes more slowly: 512 took 20 to 40 ms there. Looked at after each few. */
const TURN_MS = 5
const LOOK_AFTER = 32

/** How long records are gathered before they are sent. */
export interface WakingOptions {
  readonly clock: Clock
  /** 0: until the end of the turn, so that what is appended together is sent together (10.8 → 1.4 µs a record and client). */
  readonly batchMs: number
}

/** `idle`: nothing to tell. `gathering`: a round is planned. `telling`: a round is under way; `again`: and one more is due. */
type WakingState = 'idle' | 'gathering' | 'telling' | 'again'

export class Waking {
  readonly #wakes = new Set<Wake>()
  readonly #options: WakingOptions
  #state: WakingState = 'idle'

  constructor(options: WakingOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#wakes.size
  }

  /** Calls `wake` from now on. */
  add(wake: Wake): void {
    this.#wakes.add(wake)
  }

  delete(wake: Wake): void {
    this.#wakes.delete(wake)
  }

  /** Wakes everybody, soon. While a round is under way the next one waits for its end: that is how a hot stream coalesces. */
  wake(): void {
    if (this.#wakes.size === 0) return
    if (this.#state === 'telling') this.#state = 'again'
    if (this.#state !== 'idle') return
    this.#state = 'gathering'
    const { clock, batchMs } = this.#options
    if (batchMs === 0) queueMicrotask(() => this.#tell())
    else clock.setTimeout(() => this.#tell(), batchMs)
  }

  #tell(): void {
    this.#state = 'telling'
    this.#tellSome(this.#wakes.values())
  }

  /** A set's iterator also meets those who were added meanwhile: being woken once too often is harmless. */
  #tellSome(rest: Iterator<Wake>): void {
    const until = performance.now() + TURN_MS
    for (let told = 0; told < WAKES_PER_TURN; told++) {
      if (told % LOOK_AFTER === LOOK_AFTER - 1 && performance.now() > until) break
      const next = rest.next()
      if (next.done === true) {
        this.#finish()
        return
      }
      next.value()
    }
    setImmediate(() => this.#tellSome(rest))
  }

  #finish(): void {
    const again = this.#state === 'again'
    this.#state = 'idle'
    if (again) this.wake()
  }
}
