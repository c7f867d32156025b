/**
 * How a page comes by a slot.
 *
 * @module
 */
import { lock, type SlotKey, slotLock } from './indexed-db-lock.ts'
import { listSlots, openSlot, readSlot } from './indexed-db-slot.ts'
import { producerId } from './producer-id.ts'
import type { OutboxSlot, ProducerIdentity } from './storage.ts'

/** Takes the slot that is wanted, else one that nobody holds, else makes one. */
export async function claimSlot(
  database: IDBDatabase,
  name: string,
  stream: string,
  wanted: ProducerIdentity | undefined,
): Promise<OutboxSlot> {
  /** Nothing when somebody holds it, or when there is none and none is to be made. */
  const take = async (
    id: string,
    absent?: { readonly epoch: number; readonly found: 'new' | 'lost' },
  ): Promise<OutboxSlot | undefined> => {
    const key: SlotKey = [stream, id]
    const unlock = await lock(slotLock(name, key), { ifAvailable: true })
    let slot: OutboxSlot | undefined
    try {
      const kept = unlock && (await readSlot(database, key))
      const content = kept ?? (absent && { id, next: 0, first: 0, batches: [], ...absent })
      if (unlock === undefined || content === undefined) return undefined
      const opened = openSlot(database, key, content, unlock)
      // The row is there from now on, for whoever comes back and names it.
      if (kept === undefined) await opened.renumber(content.epoch, [])
      slot = opened
      return slot
    } finally {
      if (slot === undefined) await unlock?.()
    }
  }

  const named = wanted && (await take(wanted.id, { epoch: wanted.epoch + 1, found: 'lost' }))
  if (named) return named
  for (const id of await listSlots(database, stream)) {
    const free = await take(id)
    if (free) return free
  }
  // Nobody else can know 128 random bits: the second try is for the types.
  return (await take(producerId(), { epoch: 0, found: 'new' })) ?? claimSlot(database, name, stream, undefined)
}
