/**
 * A storage of which one can see how many slots are held. A page that dies lets go of its slot at once; an actor that is stopped
 * does when its last write is done, and whoever claims before that is another producer.
 *
 * @module
 */
import type { OutboxSlot, OutboxStorage } from '../../src/durable.ts'

export interface WatchedStorage extends OutboxStorage {
  readonly held: number
}

export function watchStorage(storage: OutboxStorage): WatchedStorage {
  const held = new Set<OutboxSlot | Promise<OutboxSlot>>()
  return {
    survives: storage.survives,
    ...(storage.inherit && { inherit: storage.inherit }),
    get held() {
      return held.size
    },
    async claim(stream, wanted) {
      const claimed = storage.claim(stream, wanted)
      held.add(claimed)
      try {
        const slot = await claimed
        held.add(slot)
        const release = slot.release.bind(slot)
        slot.release = async () => {
          await release()
          held.delete(slot)
        }
        return slot
      } finally {
        held.delete(claimed)
      }
    },
  }
}
