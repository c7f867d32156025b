/**
 * One stream: an append-only list of records in memory, and those who wait for its end to grow.
 *
 * @module
 */

import { formatOffset } from '../wire/offset.ts'
import type { Clock } from './clock.ts'
import { essenceOf, kindOf, type StreamKind } from './content-type.ts'
import { Followers } from './followers.ts'
import { Producers, type ProducerTuple } from './producers.ts'
import { UnitCache } from './unit-cache.ts'

/** JSON text without line ends, text, or bytes: by the stream's kind. */
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

/** How much history a stream keeps. Whichever limit is reached first, the oldest records go. */
export interface Retention {
  readonly records: number
  readonly bytes: number
  readonly ageMs: number
}

/** Contiguous records from one position to another. */
export interface Page {
  readonly records: readonly StoredRecord[]
  /** The position before the first record, as a sequence. */
  readonly from: number
  /** The position after the last record. */
  readonly to: number
  /** Nothing more is there at this moment. */
  readonly atTail: boolean
  /** Nothing more will ever come: at the tail of a closed stream. */
  readonly ended: boolean
}

/** What a stream is created from. */
export interface StreamLogOptions {
  readonly path: string
  readonly contentType: string
  readonly gen: string
  readonly alias: number
  readonly retention: Retention
  readonly producers: { readonly remembered: number; readonly idleMs: number }
  readonly clock: Clock
}

/** Compacting the array on every trim would copy it 10,000 times over; once in so many it is free. */
const COMPACT_AFTER = 1024

export class StreamLog {
  readonly path: string
  readonly contentType: string
  readonly essence: string
  readonly kind: StreamKind
  readonly gen: string
  /** A memory store never loses acknowledged records without losing the stream, so there is one term. */
  readonly term = 1
  /** The stream's number on this node, for WebSocket frames. */
  readonly alias: number
  readonly followers = new Followers()
  readonly units = new UnitCache()
  readonly producers: Producers
  /** The last `Stream-Seq` accepted. Its scope is the stream. */
  streamSeq: string | null = null
  /** The append that closed the stream: its repetition is a duplicate, not an error. */
  closedBy: ProducerTuple | null = null
  #state: 'open' | 'closed' | 'deleted' = 'open'
  #records: StoredRecord[] = []
  #head = 0
  #bytes = 0
  #tail = 0
  readonly #retention: Retention
  readonly #clock: Clock

  constructor(options: StreamLogOptions) {
    this.path = options.path
    this.contentType = options.contentType
    this.essence = essenceOf(options.contentType)
    this.kind = kindOf(options.contentType)
    this.gen = options.gen
    this.alias = options.alias
    this.producers = new Producers(options.producers, options.clock)
    this.#retention = options.retention
    this.#clock = options.clock
  }

  get state(): 'open' | 'closed' | 'deleted' {
    return this.#state
  }

  /** The sequence of the last record ever appended. */
  get tail(): number {
    return this.#tail
  }

  /** The position before the oldest record that is kept: also how many are gone. */
  get earliest(): number {
    return this.#tail - this.#count
  }

  get #count(): number {
    return this.#records.length - this.#head
  }

  offsetAt(seq: number): string {
    return formatOffset({ gen: this.gen, term: this.term, seq })
  }

  /** Appends at least one record to an open stream. */
  append(bodies: readonly RecordBody[]): readonly StoredRecord[] {
    if (this.#state !== 'open') throw new Error('This stream takes no more records.')
    const at = this.#clock.now()
    const added = bodies.map((body) => ({ seq: ++this.#tail, at, size: Buffer.byteLength(body), body }))
    for (const record of added) {
      this.#records.push(record)
      this.#bytes += record.size
    }
    this.expire()
    this.followers.appended(added)
    return added
  }

  close(by: ProducerTuple | null = null): void {
    if (this.#state !== 'open') return
    this.#state = 'closed'
    this.closedBy = by
    this.followers.wake()
  }

  /** After this the log is nobody's: a stream created again under the same path is another log. */
  delete(): void {
    this.#state = 'deleted'
    this.#records = []
    this.#head = 0
    this.#bytes = 0
    this.followers.wake()
  }

  /** Up to so many records and bytes after a position that {@link locate} has allowed; one record at least, whatever its size. */
  read(after: number, maxRecords: number, maxBytes: number): Page {
    const start = this.#head + (after - this.earliest)
    let end = start
    for (let bytes = 0; end < this.#records.length && end - start < maxRecords; end++) {
      bytes += this.#records[end]?.size ?? 0
      if (bytes > maxBytes && end > start) break
    }
    const records = this.#records.slice(start, end)
    const to = after + records.length
    const atTail = to === this.#tail
    return { records, from: after, to, atTail, ended: atTail && this.#state === 'closed' }
  }

  /** Forgets the records up to and including this sequence. */
  trim(through: number): void {
    while (this.#count > 0 && this.earliest < through) this.#dropOldest()
  }

  /** Applies the retention. Called on append and before a read: records that only grow old need no timer. */
  expire(): void {
    const { records, bytes, ageMs } = this.#retention
    const tooOld = this.#clock.now() - ageMs
    // The newest record stays even when it alone is over the limit in bytes: a stream that forgets at once is no stream.
    while (this.#count > 1 && (this.#count > records || this.#bytes > bytes)) this.#dropOldest()
    for (let oldest = this.#records[this.#head]; oldest && oldest.at < tooOld; oldest = this.#records[this.#head])
      this.#dropOldest()
  }

  #dropOldest(): void {
    this.#bytes -= this.#records[this.#head]?.size ?? 0
    this.#head++
    if (this.#head < COMPACT_AFTER || this.#head * 2 < this.#records.length) return
    this.#records = this.#records.slice(this.#head)
    this.#head = 0
  }
}
