/**
 * The newest messages of an app, so many and so heavy; who falls out is told.
 *
 * @module
 */
import type { AppMessage } from '../protocol/messages.ts'
import { createFifo } from './fifo.ts'

export interface Ring {
  push(message: AppMessage, bytes: number): void
  /** Oldest first. */
  messages(): readonly AppMessage[]
  /** Forgets all of them, untold. */
  clear(): void
}

interface Kept {
  readonly message: AppMessage
  readonly bytes: number
}

/** @param evicted - hears of each message that had to make room, oldest first */
export function createRing(most: number, mostBytes: number, evicted: (message: AppMessage) => void): Ring {
  const kept = createFifo<Kept>()
  let weight = 0

  function evict(): void {
    const oldest = kept.shift()
    if (oldest === undefined) return
    weight -= oldest.bytes
    evicted(oldest.message)
  }

  return {
    push(message, bytes) {
      kept.push({ message, bytes })
      weight += bytes
      while (kept.length > most || weight > mostBytes) evict()
    },
    messages: () => kept.items().map(({ message }) => message),
    clear() {
      kept.clear()
      weight = 0
    },
  }
}
