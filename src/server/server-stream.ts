/**
 * A stream, used from inside the server's own process.
 *
 * @module
 */

import type { RecordBody, StoredRecord, StreamLog } from './stream-log.ts'

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

/**
 * A named append-only stream. The handle stays good for the life of the server: after `delete()` the next use creates
 * the stream again, as another generation.
 */
export interface ServerStream {
  readonly path: string
  /** The position after the last record. */
  readonly tail: StreamPosition
  /** The position before the oldest record that is kept. */
  readonly earliest: StreamPosition
  readonly closed: boolean
  /**
   * Appends records and returns the position after them. They are sent together.
   *
   * @throws TypeError when a record does not fit the stream: not JSON, not a string, not bytes.
   * @throws Error when the stream is closed.
   */
  append(...records: readonly unknown[]): StreamPosition
  /** Nothing more will be appended; open reads end. */
  close(): void
  /** Removes the stream; open reads end. */
  delete(): void
  /** At most `limit` records (default 1,000) after a sequence (default: the oldest that is kept). */
  read(after?: number, limit?: number): readonly StreamRecord[]
  /** Calls `listener` in the same turn with what is appended from now on; the result ends that. */
  subscribe(listener: (records: readonly StreamRecord[]) => void): () => void
  /** Forgets the records up to and including this sequence. */
  trim(through: number): void
}

/** What a handle needs of its server. */
export interface ServerStreamHost {
  /** Finds or creates the stream. */
  open(): StreamLog
  delete(): void
  report(error: unknown): void
}

export function serverStream(path: string, host: ServerStreamHost): ServerStream {
  return {
    path,
    get tail() {
      const log = host.open()
      return positionAt(log, log.tail)
    },
    get earliest() {
      const log = host.open()
      log.expire()
      return positionAt(log, log.earliest)
    },
    get closed() {
      return host.open().state === 'closed'
    },
    append(...records) {
      const log = host.open()
      if (log.state !== 'open') throw new Error(`The stream ${path} is closed.`)
      const bodies = records.map((record) => bodyOf(log, record))
      if (bodies.length > 0) log.append(bodies)
      return positionAt(log, log.tail)
    },
    close: () => host.open().close(),
    delete: () => host.delete(),
    read(after = 0, limit = 1000) {
      const log = host.open()
      log.expire()
      const from = Math.min(Math.max(after, log.earliest), log.tail)
      return log.read(from, limit, Number.POSITIVE_INFINITY).records.map((record) => handedOut(log, record))
    },
    subscribe(listener) {
      const log = host.open()
      return log.followers.listen((records) => {
        // Another listener, and whoever appends, must not suffer from this one.
        try {
          listener(records.map((record) => handedOut(log, record)))
        } catch (error) {
          host.report(error)
        }
      })
    },
    trim: (through) => host.open().trim(through),
  }
}

function positionAt(log: StreamLog, seq: number): StreamPosition {
  return { offset: log.offsetAt(seq), seq }
}

function handedOut(log: StreamLog, record: StoredRecord): StreamRecord {
  const { seq, at, body } = record
  const value: unknown = log.kind === 'json' && typeof body === 'string' ? JSON.parse(body) : body
  return { seq, offset: log.offsetAt(seq), at, value }
}

function bodyOf(log: StreamLog, record: unknown): RecordBody {
  if (log.kind === 'bytes') {
    // A copy: the caller may use its array again, and what is in a stream never changes.
    if (record instanceof Uint8Array) return Buffer.from(record)
    throw new TypeError('A byte stream takes Uint8Array records.')
  }
  if (log.kind === 'text') {
    if (typeof record === 'string') return record
    throw new TypeError('A text stream takes strings.')
  }
  const json: unknown = JSON.stringify(record)
  if (typeof json === 'string') return json
  throw new TypeError('A JSON stream takes JSON values.')
}
