/**
 * Counting by key.
 *
 * @module
 */
import type { Counts } from './metrics.ts'

/** Counts that can be added to. A Map, because a key such as `__proto__` may come from a server's protocol name. */
export class Tally {
  readonly #counts = new Map<string, number>()

  add(key: string, amount = 1): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + amount)
  }

  /** A copy. */
  counts(): Counts {
    return Object.fromEntries(this.#counts)
  }
}
