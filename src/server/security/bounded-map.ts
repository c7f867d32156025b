/**
 * A map that strangers fill: it cannot grow without end.
 *
 * @module
 */

/** Keeps the entries that were set or read last, and forgets the others. */
export class BoundedMap<Value> {
  /** A `Map` and no object: its hash cannot be flooded with chosen keys, and `__proto__` is a key like any other. */
  readonly #entries = new Map<string, Value>()
  readonly #most: number

  /** @param most how many entries it may hold. */
  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value; it counts as used from now on. */
  get(key: string): Value | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) {
      this.#entries.delete(key)
      this.#entries.set(key, value)
    }
    return value
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key)
    if (this.#entries.size >= this.#most) for (const [oldest] of this.oldest(1)) this.#entries.delete(oldest)
    this.#entries.set(key, value)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  /** Those that have not been used for longest. */
  oldest(count: number): readonly (readonly [key: string, value: Value])[] {
    const found: [string, Value][] = []
    for (const entry of this.#entries) {
      if (found.length >= count) break
      found.push(entry)
    }
    return found
  }
}
