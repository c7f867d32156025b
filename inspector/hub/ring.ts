/**
 * The newest messages of an app, so many and so heavy; who falls out is told.
 *
 * @module
 */
import { bytesOf } from './batch.ts'
import { createFifo } from './fifo.ts'

export interface Ring {
  /** Of all that is kept, in bytes. */
  readonly weight: number
  /** In messages. */
  readonly length: number
  /** @param text - a batch's, of `count` messages. They go as they came: together. */
  push(text: string, count: number): void
  /** Oldest first. */
  texts(): readonly string[]
  /** Lets the oldest text go, as if it had to make room. @returns of how many messages it was. */
  evict(): number
  /** Forgets all of them, untold. */
  clear(): void
}

/** Hears of each text that had to make room, oldest first. */
export type Evicted = (text: string) => void

interface Kept {
  readonly text: string
  readonly count: number
  readonly bytes: number
}

export function createRing(most: number, mostBytes: number, evicted: Evicted): Ring {
  const kept = createFifo<Kept>()
  let weight = 0
  let length = 0

  function evict(): number {
    const oldest = kept.shift()
    if (oldest === undefined) return 0
    weight -= oldest.bytes
    length -= oldest.count
    evicted(oldest.text)
    return oldest.count
  }

  return {
    get weight() {
      return weight
    },
    get length() {
      return length
    },
    push(text, count) {
      const bytes = bytesOf(text)
      kept.push({ text, count, bytes })
      weight += bytes
      length += count
      while (length > most || weight > mostBytes) evict()
    },
    evict,
    texts: () => kept.items().map(({ text }) => text),
    clear() {
      kept.clear()
      weight = 0
      length = 0
    },
  }
}
