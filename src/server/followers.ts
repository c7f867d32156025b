/**
 * Those who want to know that a stream has grown.
 *
 * @module
 */

import type { StoredRecord } from './stream-log.ts'

/** Called when there may be something new: more records, the end, or a deletion. Looks for itself. */
export type Wake = () => void

/** Called with records as they are appended, in the same turn. */
export type RecordListener = (records: readonly StoredRecord[]) => void

/**
 * One record to 10,000 sockets in one turn blocked the event loop for 0.56 s: each write is a system call.
 * So many at once, then everything else gets its turn.
 */
const WAKES_PER_TURN = 512

export class Followers {
  readonly #wakes = new Set<Wake>()
  readonly #listeners = new Set<RecordListener>()
  /** What listeners have not heard yet; the first is being told. */
  readonly #untold: (readonly StoredRecord[])[] = []
  #scheduled = false

  /** Calls `wake` from now on; the result ends that. */
  follow(wake: Wake): () => void {
    this.#wakes.add(wake)
    return () => this.#wakes.delete(wake)
  }

  /** Calls `listener` from now on; the result ends that. */
  listen(listener: RecordListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A listener may append in its turn: what it adds waits until all have heard what came before. */
  appended(records: readonly StoredRecord[]): void {
    this.wake()
    if (this.#listeners.size === 0 || this.#untold.push(records) > 1) return
    for (let next = this.#untold[0]; next !== undefined; next = this.#untold[0]) {
      for (const listener of [...this.#listeners]) listener(next)
      this.#untold.shift()
    }
  }

  /** At the end of this turn, so that what is appended together is sent together (10.8 → 1.4 µs a record and client). */
  wake(): void {
    if (this.#scheduled || this.#wakes.size === 0) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#run([...this.#wakes], 0)
    })
  }

  #run(wakes: readonly Wake[], from: number): void {
    const until = Math.min(from + WAKES_PER_TURN, wakes.length)
    for (let at = from; at < until; at++) wakes[at]?.()
    if (until < wakes.length) setImmediate(() => this.#run(wakes, until))
  }
}
