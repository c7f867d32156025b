/**
 * What the cases of the contract work with.
 *
 * @module
 */
import { expect, onTestFinished, vi } from 'vitest'
import type { OutboxSlot, OutboxStorage, StoredBatch } from '../storage.ts'

/** Where outboxes keep things: a database, a directory. Empty at first, and gone when the test is over. */
export interface StoragePlace {
  /** The storage as one more tab or process has it. All of them see the same slots. */
  open(): OutboxStorage
  /** Lets so much time pass that the storage looks for slots without an owner, where it only looks now and then. */
  look?(): Promise<void> | void
}

/** Makes a place for one case. */
export type MakePlace = () => Promise<StoragePlace> | StoragePlace

/** The stream of most cases. */
export const STREAM = 'https://example.com/v1/stream/rooms/42'

/** A batch of one text. */
export function batch(sequence: number, text = `record ${sequence}`): StoredBatch {
  return { sequence, records: [text] }
}

/** Claims a slot, and puts so many batches into it. */
export async function claimed(storage: OutboxStorage, batches = 0, stream = STREAM): Promise<OutboxSlot> {
  const slot = await storage.claim(stream)
  for (let sequence = 0; sequence < batches; sequence++) await slot.put(batch(sequence))
  return slot
}

/** What the next owner of a slot finds in it. */
export async function reclaimed(storage: OutboxStorage, slot: OutboxSlot): Promise<OutboxSlot> {
  await slot.release()
  const next = await storage.claim(STREAM, slot.producer)
  expect(next.producer.id).toBe(slot.producer.id)
  return next
}

/** Somebody who inherits. */
export interface Heir {
  /** What was handed over so far. */
  readonly taken: readonly OutboxSlot[]
  /** Resolves when so many slots were handed over. */
  got(count: number): Promise<readonly OutboxSlot[]>
  stop(): void
}

/** Inherits until it is stopped, or the test is over. */
export function heir(place: StoragePlace, storage = place.open(), stream = STREAM): Heir {
  const taken: OutboxSlot[] = []
  const stop = storage.inherit?.(stream, (slot) => taken.push(slot))
  if (stop === undefined) throw new Error('A storage that outlives its owner has to hand over what is left.')
  onTestFinished(() => stop())
  return { taken, stop, got: (count) => until(place, () => taken.length >= count).then(() => taken) }
}

/** Resolves when the condition is met, while the place looks after what is left. */
export function until(place: StoragePlace, met: () => boolean | Promise<boolean>): Promise<void> {
  return vi.waitFor(
    async () => {
      await place.look?.()
      expect(await met()).toBe(true)
    },
    { timeout: 15_000, interval: 20 },
  )
}
