/**
 * How a page comes by what others leave behind.
 *
 * @module
 */
import { inTurn, lock, patiently, type Unlock } from './indexed-db-lock.ts'
import { listSlots, takeSlot } from './indexed-db-slot.ts'
import type { OutboxSlot } from './storage.ts'

/**
 * Tells those who inherit that a slot has an owner from now on.
 *
 * Locks alone would not do: whoever waits for the lock of a slot that nobody holds has it at once, finds nothing, gives it back,
 * and would have to ask again and again when it is worth waiting for. And nobody would know of a new slot.
 */
export function announce(prefix: string, { producer }: OutboxSlot): void {
  // One for each call: a channel does not hear itself, and two connections of one page have to hear each other.
  const channel = new BroadcastChannel(prefix)
  channel.postMessage(producer.id)
  channel.close()
}

/**
 * Waits for the lock of every slot that has an owner, and hands over what has lost its owner before it was empty.
 *
 * @returns ends it: no lock is waited for any more, and nothing is handed over
 */
export function inheritSlots(prefix: string, take: (slot: OutboxSlot) => void): () => void {
  const ended = new AbortController()
  const awaited = new Set<string>()

  /** Hands over what is in a slot once its lock is ours. Most owners leave nothing, and then it is free for who claims next. */
  async function inherit(id: string, options: LockOptions): Promise<'done' | 'held'> {
    const unlock = await lock(prefix + id, options)
    if (unlock === undefined) return 'held'
    // Now, and not when it is given back: its next owner may be faster than we hear of that.
    awaited.delete(id)
    let release: Unlock | undefined = unlock
    try {
      const taken = await takeSlot(prefix, id, unlock)
      release = taken.release
      if (!ended.signal.aborted && taken.slot.batches.length > 0) {
        take(taken.slot)
        release = undefined
      }
    } catch {
      // What cannot be read is there for the next who tries.
    } finally {
      await release?.()
    }
    return 'done'
  }

  async function awaitOwner(id: string): Promise<void> {
    if (awaited.has(id)) return
    awaited.add(id)
    // The end of waiting is an error, too.
    await inherit(id, { signal: ended.signal }).catch(() => {})
  }

  const channel = new BroadcastChannel(prefix)
  // Before the list is read: who claims after that is heard.
  channel.onmessage = ({ data }) => void awaitOwner(String(data))
  inTurn(prefix, async () => {
    for (const id of await listSlots(prefix)) {
      if (ended.signal.aborted) return
      const looked = await patiently(inherit(id, { ifAvailable: true }))
      if (looked === 'held') void awaitOwner(id)
    }
  }).catch(() => {})

  return () => {
    channel.close()
    ended.abort()
  }
}
