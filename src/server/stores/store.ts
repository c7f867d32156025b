/**
 * What keeps streams. Everything above a store assumes three things only: records are contiguous, an append is one
 * atomic step, and what a hint says may be verified by reading. A store keeps no timer of its own: the server calls
 * {@link StreamStore.sweep}.
 *
 * @module
 */

/** JSON text without line ends, text, or bytes: by the stream's content type. */
export type RecordBody = string | Uint8Array

/** A record as it is kept. */
export interface StoredRecord {
  /** 1 for the first record of the stream, then without a hole. */
  readonly seq: number
  /** When it was appended: the clock's milliseconds. */
  readonly at: number
  /** Size of the body in bytes. */
  readonly size: number
  readonly body: RecordBody
}

/** How much history a stream keeps. Whichever limit is reached first, the oldest records go; the newest stays in any case. */
export interface Retention {
  readonly records: number
  readonly bytes: number
  readonly ageMs: number
}

/** What a stream is created with. */
export interface StreamConfig {
  readonly contentType: string
  /** The stream goes when nobody has read or written it for so long. */
  readonly ttlMs: number | null
  /** The stream goes at this time, whatever happens. Milliseconds since 1970. */
  readonly expiresAt: number | null
  /** The id of the principal who created it, for quotas; `null` for anonymous ones and the server's own process. */
  readonly owner: string | null
}

/** From where on a durability epoch counts: records after sequence `after` were appended in it. */
export interface TermStart {
  readonly term: number
  readonly after: number
}

/** What is known about a stream at one moment. */
export interface StreamHead {
  readonly path: string
  /** 16 lower-case hex digits; growing each time the path is created again. */
  readonly gen: string
  /** Ascending, never empty, at most 64. The last one is the current term. */
  readonly terms: readonly TermStart[]
  /** The position before the oldest record that is kept: also how many are gone. */
  readonly earliest: number
  /** The sequence of the last record ever appended. */
  readonly tail: number
  readonly state: 'open' | 'closed'
  readonly config: StreamConfig
  /** Size of the records that are kept. */
  readonly bytes: number
}

/** The key of one exactly-once append. */
export interface ProducerTuple {
  readonly id: string
  readonly epoch: number
  readonly seq: number
}

/** An append as it was asked for. */
export interface AppendRequest {
  /** Empty only together with `close`. */
  readonly records: readonly RecordBody[]
  /** The essence (`application/json`) of the content type that came with the records, `null` when none did. */
  readonly essence: string | null
  readonly producer: ProducerTuple | null
  /** Who appends: a producer id and an idempotency key belong to the first principal that used them. */
  readonly principal: string | null
  /** `Stream-Seq`: has to grow, compared as text. Its scope is the stream. */
  readonly streamSeq: string | null
  /** `Idempotency-Key`: the same key is appended once. At least 1,000 keys a stream are remembered for 24 h. */
  readonly idempotencyKey: string | null
  /** A digest of the records, so that a repetition with others is noticed. `null` without producer and key. */
  readonly fingerprint: string | null
  /** Closes the stream behind the records. */
  readonly close: boolean
}

/** What became of an append. All but `appended` changed nothing. */
export type AppendOutcome =
  | { readonly kind: 'appended'; readonly head: StreamHead }
  /** It is in the stream already. `seq` is the highest the producer had accepted; `differs`: it came with other records. */
  | { readonly kind: 'duplicate'; readonly seq: number; readonly differs: boolean; readonly head: StreamHead }
  /** There is no such stream. */
  | { readonly kind: 'absent' }
  /** A newer incarnation of the producer has taken over. */
  | { readonly kind: 'stale'; readonly epoch: number }
  /** The producer id belongs to another principal. */
  | { readonly kind: 'owned' }
  | { readonly kind: 'closed'; readonly head: StreamHead }
  /** The content type is not the stream's. */
  | { readonly kind: 'type' }
  | { readonly kind: 'gap'; readonly expected: number }
  /** A new epoch has to start at 0. */
  | { readonly kind: 'epoch-start' }
  | { readonly kind: 'stream-seq' }
  /** The idempotency key was used with another body, or by another principal. */
  | { readonly kind: 'key-reused' }
  /** Too many producers are remembered. Forgetting one early would let its repeats in twice. */
  | { readonly kind: 'producers' }
  /** The store takes no more bytes. */
  | { readonly kind: 'quota' }

/** A stream to be created, in one atomic step with its first records. */
export interface CreateRequest {
  readonly config: StreamConfig
  readonly records: readonly RecordBody[]
  readonly closed: boolean
  /** The most streams there may be: altogether, and of this owner. */
  readonly quota: { readonly streams: number; readonly ofOwner: number }
}

/** What became of it. */
export type CreateOutcome =
  | { readonly kind: 'created'; readonly head: StreamHead }
  /** There is one with the same essence, expiry and state. */
  | { readonly kind: 'exists'; readonly head: StreamHead }
  /** There is one with another configuration. */
  | { readonly kind: 'conflict'; readonly head: StreamHead }
  /** `streams`: too many altogether. `owner`: of this owner. `bytes`: no room for the records. */
  | { readonly kind: 'quota'; readonly of: 'streams' | 'owner' | 'bytes' }

/** How much one read brings; one record at least, whatever its size. */
export interface ReadLimits {
  readonly records: number
  readonly bytes: number
}

/**
 * Contiguous records from `after + 1`, and the head at the same moment. Empty when `after` is the tail, and also when it
 * is before `head.earliest` or beyond `head.tail`: the reader sees that from the head.
 */
export interface ReadResult {
  readonly head: StreamHead
  readonly records: readonly StoredRecord[]
}

/** Which records are forgotten: always the oldest, never one in the middle. */
export type TrimBy =
  /** Up to and including this sequence. */
  | { readonly through: number }
  /** All but the newest so many. */
  | { readonly keepRecords: number }
  /** Until at most so many bytes are left. */
  | { readonly keepBytes: number }
  /** What was appended before this time. */
  | { readonly before: number }

/**
 * Something may have happened to a stream. Hints may be lost, repeated or reordered; a store in this process gives each
 * once, in order, in the same turn in which the change took effect.
 */
export interface StoreHint {
  readonly path: string
  /** The generation that is meant: the one that is gone when `head` is `null`. */
  readonly gen: string
  /** `null`: the stream was deleted, or has expired. */
  readonly head: StreamHead | null
  /** What was appended, when the store has it at hand; `head.tail` is the sequence of the last. */
  readonly records: readonly StoredRecord[]
}

/** A named right that one owner has for a while. `epoch` grows with each new owner: it fences the old one off. */
export interface Lease {
  readonly epoch: number
  readonly expiresAt: number
}

/** What a store promises. */
export interface StoreCapabilities {
  /** What an acknowledged append survives: the process, a crash of the machine, or loss of a node. */
  readonly durability: 'process' | 'disk' | 'replicated-async' | 'quorum'
  /** Largest record in bytes. */
  readonly maxRecordBytes: number
}

export interface StoreReadiness {
  /** `degraded`: reads are served, writes are not. */
  readonly state: 'usable' | 'degraded' | 'down'
  /** Which engine this is; another one after a fail-over or restart. */
  readonly identity: string
}

/** Keeps streams. Every method rejects with a {@link StoreError} only, and then has changed nothing. */
export interface StreamStore {
  readonly capabilities: StoreCapabilities
  create(path: string, request: CreateRequest): Promise<CreateOutcome>
  /** `null`: no such stream. */
  head(path: string): Promise<StreamHead | null>
  append(path: string, request: AppendRequest): Promise<AppendOutcome>
  read(path: string, after: number, limits: ReadLimits): Promise<ReadResult | null>
  /** Tells `listener` about every change from now on; the result ends that. */
  watch(listener: (hint: StoreHint) => void): () => void
  /** The head afterwards; `null`: no such stream. */
  trim(path: string, by: TrimBy): Promise<StreamHead | null>
  /** Somebody reads: a sliding expiry starts anew. Written at most once per tenth of the time to live. */
  touch(path: string): Promise<void>
  /** Whether there was one. */
  delete(path: string): Promise<boolean>
  /** The lease for so many milliseconds, anew for who has it already; `null` while another owner has it. 0 gives it back. */
  lease(name: string, owner: string, ttlMs: number): Promise<Lease | null>
  ready(): Promise<StoreReadiness>
  /** Removes what has expired. The server calls it every second. */
  sweep(): Promise<void>
  /** Finishes what has begun and lets everything go. Idempotent. */
  close(): Promise<void>
}

/** `full`: no space on the device (507). `unavailable`: not now (503). `broken`: the data cannot be read (500). */
export type StoreErrorCode = 'full' | 'unavailable' | 'broken'

/** A store failed. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
