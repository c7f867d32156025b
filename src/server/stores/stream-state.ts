/**
 * What a store of this process keeps of one stream besides its records, and the views on it.
 *
 * @module
 */

import type { ProducerTuple, StoredRecord, StreamConfig, StreamHead, TermStart } from './store.ts'

/** How a stream was closed. */
export interface Closing {
  /** Growing over all streams: which one was closed before which, also within one millisecond. */
  readonly number: number
  /** The append that did it: its repetition is a duplicate, not an error. */
  readonly by: ProducerTuple | null
}

/** What never changes during the life of a stream. */
export interface StreamIdentity {
  /** Its number in the tables. */
  readonly id: number
  readonly path: string
  readonly gen: string
  readonly config: StreamConfig
  /** The content type without parameters and case. */
  readonly essence: string
}

/** One stream. Changed only inside an operation, which then hands it to the tables. */
export interface StreamState extends StreamIdentity {
  terms: readonly TermStart[]
  earliest: number
  tail: number
  /** Of the bodies that are kept. */
  bytes: number
  /** When the oldest kept record was appended: says without a look at the records whether any is too old. */
  oldestAt: number | null
  closing: Closing | null
  streamSeq: string | null
  /** When it was last written, or touched. */
  usedAt: number
  /** Not before this time does the sweep have to look at it. May be too early, never too late. */
  sweepAt: number
  /** How many producers are remembered. */
  producers: number
  /** How many idempotency keys were ever remembered: the next one's place in the ring. */
  keys: number
  /** With which {@link costOf} it is in the totals. */
  counted: number
}

/** The oldest records that are, or are to be, forgotten. */
export interface Cut {
  readonly count: number
  readonly bytes: number
  /** When the oldest of the others was appended; `null` when none are left. */
  readonly oldestAt: number | null
}

/** What is told about a stream, as if `cut` had been made. */
export function headOf(state: StreamState, cut: Cut | null): StreamHead {
  const { path, gen, terms, tail, config } = state
  return {
    path,
    gen,
    terms,
    earliest: state.earliest + (cut?.count ?? 0),
    tail,
    state: state.closing === null ? 'open' : 'closed',
    config,
    bytes: state.bytes - (cut?.bytes ?? 0),
  }
}

/** When the stream is gone, unless somebody uses it before. */
export function deadlineOf(state: StreamState, idleMs: number): number {
  const { ttlMs, expiresAt } = state.config
  if (ttlMs === null && expiresAt === null) return state.usedAt + idleMs
  return Math.min(ttlMs === null ? Infinity : state.usedAt + ttlMs, expiresAt ?? Infinity)
}

/** The most idempotency keys a stream remembers, and for how long. */
export const KEYS = { remembered: 1_000, forMs: 24 * 60 * 60 * 1000 }

/**
 * What things take besides their bodies, in bytes, as measured in V8: a record of bytes 306 (its buffer is three objects
 * more; of text 106), a producer with all its digests 2,482, a key 519. Without it 256 MiB of one-byte records would be
 * 80 GiB.
 */
export const COSTS = { record: 320, producer: 2_560, key: 560 }

/** What a stream takes of the store's bytes. */
export function costOf(state: StreamState): number {
  const records = (state.tail - state.earliest) * COSTS.record
  return state.bytes + records + state.producers * COSTS.producer + Math.min(state.keys, KEYS.remembered) * COSTS.key
}

/** What records take of the store's bytes. */
export function costOfRecords(records: readonly StoredRecord[]): number {
  return records.reduce((sum, record) => sum + record.size + COSTS.record, 0)
}
