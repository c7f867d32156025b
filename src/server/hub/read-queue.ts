/**
 * Reads of the store on behalf of readers that have fallen behind: so many at once, first come first served, and never
 * the same read twice at the same time. 10,000 clients that come back together want the same few pages.
 *
 * @module
 */

import type { ReadResult, StreamStore } from '../stores/store.ts'

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

  /** Reads that wait for their turn or an answer. */
  get size(): number {
    return this.#shared.size
  }

  /** One unit after a position. */
  read(path: string, after: number, records: number = UNIT.records): Promise<ReadResult | null> {
    const key = `${after} ${records} ${path}`
    const shared = this.#shared.get(key)
    if (shared !== undefined) return shared
    const reading = this.#take(path, after, records).finally(() => this.#shared.delete(key))
    this.#shared.set(key, reading)
    return reading
  }

  async #take(path: string, after: number, records: number): Promise<ReadResult | null> {
    if (this.#running >= IN_FLIGHT) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      return await this.#store.read(path, after, { records, bytes: UNIT.bytes })
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
