/**
 * A storage of which one can see who holds what, and everything that was done to it.
 *
 * @module
 */
import type { OutboxSlot, OutboxStorage } from '../../src/durable.ts'
import { memoryStorage } from '../../src/producer/memory-storage.ts'

export interface WatchedStorage extends OutboxStorage {
  /** What was called, oldest first: `claim`, `put 0`, `acknowledge 0`, `renumber 1`, `release`, `bury`. */
  readonly calls: readonly string[]
  /** The ids that are held now. */
  readonly held: ReadonlySet<string>
  /** Ids that somebody was given while another one held them. */
  readonly twice: readonly string[]
}

export function watched(storage: OutboxStorage = memoryStorage): WatchedStorage {
  const calls: string[] = []
  const held = new Set<string>()
  const twice: string[] = []
  const watch = (slot: OutboxSlot): OutboxSlot => {
    const { id } = slot.producer
    if (held.has(id)) twice.push(id)
    held.add(id)
    return {
      producer: slot.producer,
      found: slot.found,
      next: slot.next,
      batches: slot.batches,
      put(batch) {
        calls.push(`put ${batch.sequence}`)
        return slot.put(batch)
      },
      acknowledge(sequence) {
        calls.push(`acknowledge ${sequence}`)
        return slot.acknowledge(sequence)
      },
      renumber(epoch, batches) {
        calls.push(`renumber ${epoch}`)
        return slot.renumber(epoch, batches)
      },
      release() {
        calls.push('release')
        held.delete(id)
        return slot.release()
      },
      bury() {
        calls.push('bury')
        held.delete(id)
        return slot.bury?.() ?? slot.release()
      },
    }
  }
  const { inherit } = storage
  return {
    survives: storage.survives,
    calls,
    held,
    twice,
    async claim(stream, wanted) {
      calls.push('claim')
      return watch(await storage.claim(stream, wanted))
    },
    ...(inherit && { inherit: (stream, take) => inherit(stream, (slot) => take(watch(slot))) }),
  }
}
