/**
 * The default outbox: as long-lived as the connection, and nothing to set up.
 *
 * @module
 */
import { producerId } from './producer-id.ts'
import type { OutboxSlot, OutboxStorage, StoredBatch } from './storage.ts'

/** Keeps nothing beyond the life of the connection: what waited in an earlier one is lost, which a resume token makes known. */
export const memoryStorage: OutboxStorage = {
  survives: false,
  claim: async (_stream, wanted): Promise<OutboxSlot> => ({
    producer: wanted === undefined ? { id: producerId(), epoch: 0 } : { id: wanted.id, epoch: wanted.epoch + 1 },
    found: wanted === undefined ? 'new' : 'lost',
    next: 0,
    batches: [] satisfies StoredBatch[],
    // The producer holds what waits itself.
    put() {},
    acknowledge() {},
    renumber() {},
    release() {},
  }),
}
