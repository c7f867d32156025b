/**
 * How a page comes by what others leave behind.
 *
 * @module
 */
import { lock, type SlotKey, slotLock } from './indexed-db-lock.ts'
import { listSlots, openSlot, readSlot } from './indexed-db-slot.ts'
import type { OutboxSlot } from './storage.ts'

/**
 * Tells those who inherit that a slot has an owner from now on.
 *
 * Locks alone would not do: whoever waits for the lock of a slot that nobody holds has it at once, finds nothing, gives it back,
 * and would have to ask again and again when it is worth waiting for. And nobody would know of a new slot.
 */
export function announce(name: string, stream: string, { producer }: OutboxSlot): void {
  // One for each call: a channel does not hear itself, and two connections of one page have to hear each other.
  const channel = channelOf(name, stream)
  channel.postMessage(producer.id)
  channel.close()
}

function channelOf(name: string, stream: string): BroadcastChannel {
  return new BroadcastChannel(`statewire-outbox:${JSON.stringify([name, stream])}`)
}

/**
 * Waits for the lock of every slot that has an owner, and hands over what has lost its owner before it was empty.
 *
 * @param opened - the database; asked for each time, because the one from before may be gone
 * @returns ends it: no lock is waited for any more, and nothing is handed over
 */
export function inheritSlots(
  opened: () => Promise<IDBDatabase>,
  name: string,
  stream: string,
  take: (slot: OutboxSlot) => void,
): () => void {
  const ended = new AbortController()
  const { signal } = ended
  const awaited = new Set<string>()

  async function inherit(id: string): Promise<void> {
    if (awaited.has(id)) return
    awaited.add(id)
    const key: SlotKey = [stream, id]
    const unlock = await lock(slotLock(name, key), { signal })
    awaited.delete(id)
    let taken = false
    try {
      const database = await opened()
      const content = await readSlot(database, key)
      // Most owners leave an empty one, which is free then for whoever claims next.
      if (unlock === undefined || signal.aborted || !content?.batches.length) return
      take(openSlot(database, key, content, unlock))
      taken = true
    } finally {
      if (!taken) await unlock?.()
    }
  }
  /** The end of waiting is an error, too; and what cannot be read is there for the next who tries. */
  const tryTo = (id: string): Promise<void> => inherit(id).catch(() => {})

  const channel = channelOf(name, stream)
  // Before the list is read: who claims after that is heard.
  channel.onmessage = ({ data }) => void tryTo(String(data))
  opened()
    .then((database) => listSlots(database, stream))
    .then(
      (ids) => void ids.map(tryTo),
      () => {},
    )

  return () => {
    channel.close()
    ended.abort()
  }
}
