/**
 * Streams in memory: gone with the process, and as fast as it gets.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import { appendTo } from './append.ts'
import { createStream } from './create.ts'
import { Hints } from './hints.ts'
import { leaseTo } from './leases.ts'
import { MemoryTables } from './memory-tables.ts'
import type { Workplace } from './operation.ts'
import {
  type AppendOutcome,
  type AppendRequest,
  type CreateOutcome,
  type CreateRequest,
  type Lease,
  type ReadLimits,
  type ReadResult,
  StoreError,
  type StoreHint,
  type StoreReadiness,
  type StreamHead,
  type StreamStore,
  type TrimBy,
} from './store.ts'
import { rulesFrom, type StoreOptions } from './store-options.ts'
import { sweepStreams } from './sweep.ts'
import { deleteStream, headAt, needsTouch, readFrom, touchStream, trimTo } from './upkeep.ts'

/** Options of {@link memoryStore}. */
export type MemoryStoreOptions = StoreOptions

const DEFAULT_BYTES = 256 * 1024 * 1024

/**
 * Keeps streams in memory, 256 MiB of them by default. Everything takes effect in the call itself: the promises are
 * settled already when they are returned.
 *
 * @example
 * ```ts
 * createStreamServer({ authenticate, store: memoryStore({ retention: { records: 1_000 } }) })
 * ```
 *
 * @throws RangeError when an option is not a number above 0.
 */
export function memoryStore(options: MemoryStoreOptions = {}): StreamStore {
  return new MemoryStore(options)
}

// Its methods are async for what that does to an exception; none of them waits for anything before it works.
class MemoryStore implements StreamStore {
  readonly capabilities
  readonly #identity = randomUUID()
  readonly #hints = new Hints()
  #place: Workplace | null

  constructor(options: MemoryStoreOptions) {
    const rules = rulesFrom(options, DEFAULT_BYTES)
    this.capabilities = { durability: 'process', maxRecordBytes: rules.bytes } as const
    this.#place = {
      tables: new MemoryTables(),
      rules,
      maxRecordBytes: rules.bytes,
      tell: (hint) => this.#hints.tell(hint),
    }
  }

  async create(path: string, request: CreateRequest): Promise<CreateOutcome> {
    return createStream(this.#open(), path, request)
  }

  async head(path: string): Promise<StreamHead | null> {
    return headAt(this.#open(), path)
  }

  async append(path: string, request: AppendRequest): Promise<AppendOutcome> {
    return appendTo(this.#open(), path, request)
  }

  async read(path: string, after: number, limits: ReadLimits): Promise<ReadResult | null> {
    return readFrom(this.#open(), path, after, limits)
  }

  watch(listener: (hint: StoreHint) => void): () => void {
    return this.#hints.watch(listener)
  }

  async trim(path: string, by: TrimBy): Promise<StreamHead | null> {
    return trimTo(this.#open(), path, by)
  }

  async touch(path: string): Promise<void> {
    if (needsTouch(this.#open(), path)) touchStream(this.#open(), path)
  }

  async delete(path: string): Promise<boolean> {
    return deleteStream(this.#open(), path)
  }

  async lease(name: string, owner: string, ttlMs: number): Promise<Lease | null> {
    return leaseTo(this.#open(), name, owner, ttlMs)
  }

  async ready(): Promise<StoreReadiness> {
    return { state: this.#place === null ? 'down' : 'usable', identity: this.#identity }
  }

  async sweep(): Promise<void> {
    sweepStreams(this.#open(), Infinity)
  }

  async close(): Promise<void> {
    this.#place = null
  }

  #open(): Workplace {
    if (this.#place === null) throw new StoreError('unavailable', 'The store is closed.')
    return this.#place
  }
}
