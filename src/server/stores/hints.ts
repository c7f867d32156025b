/**
 * Tells the watchers of a store what has happened: each hint once to each watcher, in the same order to all.
 *
 * @module
 */

import type { StoreHint } from './store.ts'

export class Hints {
  readonly #listeners = new Set<(hint: StoreHint) => void>()
  readonly #waiting: StoreHint[] = []
  #state: 'idle' | 'telling' = 'idle'

  watch(listener: (hint: StoreHint) => void): () => void {
    // Wrapped, so that the same function may watch twice and each end be its own.
    const own = (hint: StoreHint): void => listener(hint)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  tell(hint: StoreHint): void {
    this.#waiting.push(hint)
    // A watcher that changes a stream would otherwise be told of its own change before the others heard of the first.
    if (this.#state === 'telling') return
    this.#state = 'telling'
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) this.#tellAll(next)
    this.#state = 'idle'
  }

  #tellAll(hint: StoreHint): void {
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.has(listener)) continue
      try {
        listener(hint)
      } catch (error) {
        // The change has been made: neither the appender nor the other watchers may pay for this one.
        process.emitWarning(error instanceof Error ? error : String(error))
      }
    }
  }
}
