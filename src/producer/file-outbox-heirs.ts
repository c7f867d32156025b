/**
 * Looking after what others left behind.
 *
 * @module
 */
import type { Clock } from '../connection/clock.ts'
import { isWaiting, type LooseSlot, looseSlots, takeSlot } from './file-outbox-slots.ts'
import type { OutboxSlot } from './storage.ts'

/** So often it is looked whether an owner has died, in ms. Nobody tells: a directory can be watched, a process cannot. */
const LOOK_EVERY = 2_000

/** Takes each slot of the stream in which something waits and that nobody holds, now and then until the returned function is called. */
export function inherit(root: string, stream: string, take: (slot: OutboxSlot) => void, clock: Clock): () => void {
  /** Locks of slots that were found empty. Who puts something in it has renamed the lock before. */
  let empty = new Set<string>()
  let stopped = false
  let timer: unknown

  async function look(): Promise<void> {
    const seen = await looseSlots(root, stream)
    const still = new Set<string>()
    for (const slot of seen) {
      if (stopped) return
      if (empty.has(slot.lock) || (await isWaiting(slot)) === false) still.add(slot.lock)
      else await takeOver(slot)
    }
    empty = still
  }

  async function takeOver(seen: LooseSlot): Promise<void> {
    const slot = await takeSlot(seen, clock)
    if (slot === undefined) return
    if (stopped || slot.batches.length === 0) return slot.release()
    take(slot)
  }

  function lookAgain(): void {
    // A directory that cannot be read now may be readable later; and to whoever claims it is said.
    look()
      .catch(() => {})
      .finally(() => {
        if (!stopped) timer = clock.setTimeout(lookAgain, LOOK_EVERY)
      })
  }

  lookAgain()
  return () => {
    stopped = true
    clock.clearTimeout(timer)
  }
}
