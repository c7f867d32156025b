/**
 * Where the stores of this process put things. The rules (who may append, what is forgotten, what expires) are written
 * once over these tables; a store brings the tables and says when a change counts.
 *
 * @module
 */

import type { RecordFacts } from './retention.ts'
import type { ReadLimits, StoredRecord, StreamConfig } from './store.ts'
import type { StreamIdentity, StreamState } from './stream-state.ts'

/** Numbers of the store as a whole. */
export interface Ledger {
  /** The youngest generation that was ever given. */
  lastGen: bigint
  /** How many streams were ever closed. */
  closings: number
  /** How often a lease changed hands. Counted over all names, so that the name of a lease given back may be forgotten. */
  leases: number
}

/** What is in the store at this moment. */
export interface Totals {
  readonly streams: number
  /** By {@link costOf}. */
  readonly held: number
  ofOwner(owner: string): number
}

/** What is remembered of a producer. */
export interface Producer {
  readonly id: string
  readonly principal: string | null
  readonly epoch: number
  readonly seq: number
  readonly usedAt: number
}

/** What is remembered of an idempotency key. */
export interface IdempotencyKey {
  readonly key: string
  readonly principal: string | null
  readonly fingerprint: string | null
  readonly at: number
}

/** Who has a lease. */
export interface Tenure {
  readonly owner: string
  readonly epoch: number
  readonly expiresAt: number
}

/** A new stream, without a number yet. */
export interface Seed extends Omit<StreamIdentity, 'id' | 'config'> {
  readonly config: StreamConfig
  readonly usedAt: number
  readonly sweepAt: number
}

/** Everything is synchronous: that is what makes an operation one step. */
export interface Tables {
  readonly ledger: Ledger
  readonly totals: Totals
  find(path: string): StreamState | null
  /** An empty, open stream in term 1. The path has to be free. */
  insert(seed: Seed): StreamState
  /** Keeps what was changed in `state`. */
  update(state: StreamState): void
  /** Removes the stream with all that belongs to it. */
  remove(state: StreamState): void
  /** Streams whose `sweepAt` has come, the most overdue first where there are more than `limit`. */
  due(now: number, limit: number): readonly StreamState[]
  /** Closed streams, in the order in which they were closed. */
  closed(): Iterable<StreamState>
  addRecords(state: StreamState, records: readonly StoredRecord[]): void
  /** Forgets the records up to and including `through`. */
  dropRecords(state: StreamState, through: number): void
  /** The kept records, oldest first, without their bodies. */
  facts(state: StreamState): Iterable<RecordFacts>
  /** Records after a position that is kept; one at least. */
  read(state: StreamState, after: number, limits: ReadLimits): readonly StoredRecord[]
  producer(state: StreamState, id: string): Producer | null
  keepProducer(state: StreamState, producer: Producer): void
  /** Forgets producers unused since then. Says how many. */
  forgetProducers(state: StreamState, unusedSince: number): number
  /** The digest of an append of the last {@link FINGERPRINTS} of this epoch; `null` when it is not known. */
  fingerprint(state: StreamState, producer: string, epoch: number, seq: number): string | null
  keepFingerprint(state: StreamState, producer: string, epoch: number, seq: number, fingerprint: string): void
  key(state: StreamState, key: string): IdempotencyKey | null
  /** Puts a key in the place `slot` of the ring, over the one that was there. */
  keepKey(state: StreamState, slot: number, key: IdempotencyKey): void
  tenure(name: string): Tenure | null
  /** `null`: nobody has it any more. */
  keepTenure(name: string, tenure: Tenure | null): void
  forgetTenures(expiredBefore: number): void
}

/** How many digests of a producer are kept: of the appends that it may repeat, the likeliest. Each is some 200 bytes. */
export const FINGERPRINTS = 16
