/**
 * How a page comes by a slot.
 *
 * @module
 */
import { inTurn, lock, patiently } from './indexed-db-lock.ts'
import { type Absent, listSlots, type TakenSlot, takeSlot } from './indexed-db-slot.ts'
import { producerId } from './producer-id.ts'
import type { OutboxSlot, ProducerIdentity } from './storage.ts'

/** Takes the slot that is wanted, else one that nobody holds, else makes one. */
export async function claimSlot(prefix: string, wanted: ProducerIdentity | undefined): Promise<OutboxSlot> {
  const found = await inTurn(prefix, async () => {
    if (wanted === undefined) return freeSlot(prefix)
    const taken = await ifFree(prefix, wanted.id, { epoch: wanted.epoch + 1, found: 'lost' })
    return taken?.slot ?? freeSlot(prefix)
  })
  return found ?? newSlot(prefix)
}

/** One in which something waits, else any. Those that nobody misses are cleared away on the way. */
async function freeSlot(prefix: string): Promise<OutboxSlot | undefined> {
  let best: TakenSlot | undefined
  for (const id of await listSlots(prefix)) {
    const taken = await ifFree(prefix, id)
    if (taken?.forgotten) await taken.remove()
    else if (taken !== undefined) {
      const better = best === undefined || best.slot.batches.length === 0
      await (better ? best : taken)?.release()
      if (better) best = taken
    }
  }
  return best?.slot
}

async function newSlot(prefix: string): Promise<OutboxSlot> {
  const id = producerId()
  const unlock = await lock(prefix + id, {})
  if (unlock === undefined) return newSlot(prefix)
  try {
    const { slot } = await takeSlot(prefix, id, unlock, { epoch: 0, found: 'new' })
    return slot
  } catch (thrown) {
    await unlock()
    throw thrown
  }
}

/** Nothing when somebody holds it, when it is not there and not to be made, and when it cannot be read. */
async function ifFree(prefix: string, id: string, absent?: Absent): Promise<TakenSlot | undefined> {
  const unlock = await lock(prefix + id, { ifAvailable: true })
  if (unlock === undefined) return undefined
  const taking = takeSlot(prefix, id, unlock, absent)
  const taken = await patiently(taking).catch(() => undefined)
  if (taken === undefined) {
    await unlock()
    // Too late for us: whoever inherits has it by now, or will.
    taking.then(
      ({ release }) => release(),
      () => {},
    )
  }
  return taken
}
