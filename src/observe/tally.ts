/**
 * Counting by key.
 *
 * @module
 */
import type { Counts } from './metrics.ts'

/** Counts that can be added to. A Map, because a key such as `__proto__` may come from a server's protocol name. */
export class Tally {
  /** Made when first needed: most of a connection's tallies count failures, and a Map that is empty takes 200 bytes. */
  #counts: Map<string, number> | undefined

  add(key: string, amount = 1): void {
    this.#counts ??= new Map()
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + amount)
  }

  /** A copy. */
  counts(): Counts {
    return this.#counts === undefined ? {} : Object.fromEntries(this.#counts)
  }
}
