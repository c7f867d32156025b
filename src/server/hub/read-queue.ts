/**
 * Reads of the store on behalf of readers that have fallen behind, and of the hub: so many at once, first come first served, and
 * never the same page twice at the same time. 10,000 clients that come back together want the same few pages.
 *
 * @module
 */

import type { ReadResult, StreamHead, StreamStore } from '../stores/store.ts'

/** Largest unit. Small enough that a link which dies every few KiB still gets on. */
export const UNIT = { records: 64, bytes: 16 * 1024 }

const IN_FLIGHT = 32

export class ReadQueue {
  readonly #store: StreamStore
  readonly #shared = new Map<string, Promise<ReadResult | null>>()
  readonly #waiting: (() => void)[] = []
  #next = 0
  #running = 0

  constructor(store: StreamStore) {
    this.#store = store
  }

  /** Pages that wait for their turn or an answer. */
  get size(): number {
    return this.#shared.size
  }

  /** One unit after a position. */
  read(path: string, after: number, records: number = UNIT.records): Promise<ReadResult | null> {
    const key = `${after} ${records} ${path}`
    const shared = this.#shared.get(key)
    if (shared !== undefined) return shared
    const limits = { records, bytes: UNIT.bytes }
    const reading = this.#inTurn(() => this.#store.read(path, after, limits)).finally(() => this.#shared.delete(key))
    this.#shared.set(key, reading)
    return reading
  }

  /** What the store knows of a stream, when its turn has come: a look at thousands of streams is not one burst. */
  head(path: string): Promise<StreamHead | null> {
    return this.#inTurn(() => this.#store.head(path))
  }

  async #inTurn<Found>(ask: () => Promise<Found>): Promise<Found> {
    if (this.#running >= IN_FLIGHT) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      return await ask()
    } finally {
      this.#release()
    }
  }

  /** Hands the place on instead of giving it back: who waits must not be overtaken. */
  #release(): void {
    const next = this.#waiting[this.#next]
    if (next === undefined) {
      this.#running--
      return
    }
    this.#next++
    if (this.#next === this.#waiting.length) {
      this.#waiting.length = 0
      this.#next = 0
    }
    next()
  }
}
