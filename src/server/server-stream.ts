/**
 * A stream, used from inside the server's own process.
 *
 * @module
 */

import { essenceOf, kindOf, type StreamKind } from './content-type.ts'
import type { ServerContext } from './context.ts'
import { offsetAt } from './cursor.ts'
import { LocalReader, type StreamListener } from './local-reader.ts'
import type { RecordBody, StoredRecord, StreamHead, TrimBy } from './stores/store.ts'
import { appendOrCreate, create } from './writing.ts'

/** A record as it is handed out. */
export interface StreamRecord {
  /** 1 for the first record, then without a hole. */
  readonly seq: number
  /** The position after this record: from here the next one is read. */
  readonly offset: string
  /** When it was appended, in milliseconds since 1970. */
  readonly at: number
  /** A JSON value; a string in a text stream; a `Uint8Array` in a byte stream. */
  readonly value: unknown
}

/** A position: so many records lie before it. */
export interface StreamPosition {
  readonly offset: string
  readonly seq: number
}

/** How a stream stands. */
export interface StreamStatus {
  /** The position after the last record. */
  readonly tail: StreamPosition
  /** The position before the oldest record that is kept. */
  readonly earliest: StreamPosition
  readonly closed: boolean
  readonly contentType: string
  /** Size of the records that are kept. */
  readonly bytes: number
}

/** How a stream is created that is not there yet. */
export interface NewStream {
  /** Default `application/json`. */
  readonly contentType?: string | undefined
  /** The stream goes when nobody has read or written it for so long, in milliseconds. */
  readonly ttlMs?: number | undefined
  /** The stream goes at this time, in milliseconds since 1970. */
  readonly expiresAt?: number | undefined
}

/**
 * A named append-only stream. The handle stays good for the life of the server: after `delete()` the next append creates
 * the stream again, as another generation.
 */
export interface ServerStream {
  readonly path: string
  /** Makes sure that the stream is there, so that a client which asks before the first record finds it. */
  create(): Promise<StreamStatus>
  /**
   * Appends records and resolves, when the store has them, with the position after them. They are sent together.
   *
   * Rejects with a TypeError when a record does not fit the stream (not JSON, not a string, not bytes), and with an Error
   * when the stream is closed or the store is full.
   */
  append(...records: readonly unknown[]): Promise<StreamPosition>
  /** Nothing more will be appended; open reads end. */
  close(): Promise<void>
  /** Removes the stream; open reads end. */
  delete(): Promise<void>
  /** `null`: there is no such stream now. */
  status(): Promise<StreamStatus | null>
  /** At most `limit` records (default 1,000) after a sequence (default: the oldest that is kept). */
  read(after?: number, limit?: number): Promise<readonly StreamRecord[]>
  /**
   * Calls `listener` with what is appended from now on, or after the sequence `after`; the result ends that. Batches come
   * in order; the next one waits when the listener returns a promise. What it throws is reported.
   */
  subscribe(listener: StreamListener, options?: { readonly after?: number | undefined }): () => void
  /** Forgets the oldest records. */
  trim(by: TrimBy): Promise<void>
}

export function serverStream(context: ServerContext, path: string, options: NewStream): ServerStream {
  const contentType = options.contentType ?? 'application/json'
  const kind = kindOf(contentType)
  const { store } = context
  const ensure = async (): Promise<StreamHead> => {
    const { ttlMs = null, expiresAt = null } = options
    const outcome = await create(context, path, { contentType, ttlMs, expiresAt, owner: null })
    if (outcome.kind === 'quota') throw new Error('This server holds no more streams.')
    return outcome.head
  }
  const write = async (records: readonly RecordBody[], close: boolean): Promise<StreamHead> => {
    const essence = records.length === 0 ? null : essenceOf(contentType)
    const request = { records, essence, close, producer: null, principal: null, ...NO_KEYS }
    const outcome = await appendOrCreate(context, path, request, ensure)
    if (outcome.kind === 'appended' || outcome.kind === 'duplicate') return outcome.head
    throw new Error(`The stream ${path} took no records: ${outcome.kind}.`)
  }
  return {
    path,
    create: async () => statusOf(await ensure()),
    async append(...records) {
      const bodies = records.map((record) => bodyOf(kind, record))
      const head = bodies.length > 0 ? await write(bodies, false) : await ensure()
      return positionAt(head, head.tail)
    },
    async close() {
      await write([], true)
    },
    async delete() {
      await store.delete(path)
    },
    async status() {
      const head = await store.head(path)
      return head && statusOf(head)
    },
    async read(after = 0, limit = 1000) {
      const head = await store.head(path)
      if (head === null) return []
      const from = Math.min(Math.max(after, head.earliest), head.tail)
      const result = await store.read(path, from, { records: limit, bytes: Number.POSITIVE_INFINITY })
      return (result?.records ?? []).map((record) => handedOut(head, record))
    },
    subscribe: (listener, { after } = {}) => new LocalReader(context, path, ensure, listener, after).stop,
    async trim(by) {
      await store.trim(path, by)
    },
  }
}

const NO_KEYS = { streamSeq: null, idempotencyKey: null, fingerprint: null }

/** A record as its listener gets it. */
export function handedOut(stream: StreamHead, record: StoredRecord): StreamRecord {
  const { seq, at, body } = record
  const isJson = kindOf(stream.config.contentType) === 'json'
  const value: unknown = isJson && typeof body === 'string' ? JSON.parse(body) : body
  return { seq, offset: offsetAt(stream, seq), at, value }
}

function positionAt(head: StreamHead, seq: number): StreamPosition {
  return { offset: offsetAt(head, seq), seq }
}

function statusOf(head: StreamHead): StreamStatus {
  return {
    tail: positionAt(head, head.tail),
    earliest: positionAt(head, head.earliest),
    closed: head.state === 'closed',
    contentType: head.config.contentType,
    bytes: head.bytes,
  }
}

function bodyOf(kind: StreamKind, record: unknown): RecordBody {
  if (kind === 'bytes') {
    // A copy: the caller may use its array again, and what is in a stream never changes.
    if (record instanceof Uint8Array) return Buffer.from(record)
    throw new TypeError('A byte stream takes Uint8Array records.')
  }
  if (kind === 'text') {
    if (typeof record === 'string') return record
    throw new TypeError('A text stream takes strings.')
  }
  const json: unknown = JSON.stringify(record)
  if (typeof json === 'string') return json
  throw new TypeError('A JSON stream takes JSON values.')
}
