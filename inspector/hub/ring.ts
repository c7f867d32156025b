/**
 * The newest messages of an app, so many and so heavy; who falls out is told.
 *
 * @module
 */
import type { AppMessage } from '../protocol/messages.ts'
import { createFifo } from './fifo.ts'

export interface Ring {
  /** Of all that is kept, in bytes. */
  readonly weight: number
  readonly length: number
  push(message: AppMessage, bytes: number): void
  /** Oldest first. */
  messages(): readonly AppMessage[]
  /** Lets the oldest one go, as if it had to make room. */
  evict(): void
  /** Forgets all of them, untold. */
  clear(): void
}

/** Hears of each message that had to make room, oldest first. `bytes`: what it weighed. */
export type Evicted = (message: AppMessage, bytes: number) => void

interface Kept {
  readonly message: AppMessage
  readonly bytes: number
}

export function createRing(most: number, mostBytes: number, evicted: Evicted): Ring {
  const kept = createFifo<Kept>()
  let weight = 0

  function evict(): void {
    const oldest = kept.shift()
    if (oldest === undefined) return
    weight -= oldest.bytes
    evicted(oldest.message, oldest.bytes)
  }

  return {
    get weight() {
      return weight
    },
    get length() {
      return kept.length
    },
    push(message, bytes) {
      kept.push({ message, bytes })
      weight += bytes
      while (kept.length > most || weight > mostBytes) evict()
    },
    evict,
    messages: () => kept.items().map(({ message }) => message),
    clear() {
      kept.clear()
      weight = 0
    },
  }
}
