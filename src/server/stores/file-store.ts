/**
 * Streams in a file: what was acknowledged survives the process, and with full durability a loss of power.
 *
 * @module
 */

import type { DatabaseSync } from 'node:sqlite'
import { appendTo } from './append.ts'
import { createStream } from './create.ts'
import { FileEngine, MAX_RECORD_BYTES } from './file-engine.ts'
import { leaseTo } from './leases.ts'
import { type Durability, openDatabase, storeErrorFrom } from './sqlite-database.ts'
import { acceptSchema } from './sqlite-schema.ts'
import type {
  AppendOutcome,
  AppendRequest,
  CreateOutcome,
  CreateRequest,
  Lease,
  ReadLimits,
  ReadResult,
  StoreCapabilities,
  StoreHint,
  StoreReadiness,
  StreamHead,
  StreamStore,
  TrimBy,
} from './store.ts'
import { rulesFrom, type StoreOptions, type StoreRules } from './store-options.ts'
import { needsSweep, sweepStreams } from './sweep.ts'
import { deleteStream, headAt, needsTouch, readFrom, touchStream, trimTo } from './upkeep.ts'

/** Options of {@link fileStore}. */
export interface FileStoreOptions extends StoreOptions {
  /** The file. Beside it, while it is open, lies its log (`-wal`). It is created when it is not there. */
  readonly path: string
  /**
   * `full` (default): an acknowledged append survives a loss of power. `normal`: it survives the end of the process, and
   * no commit waits for the disk.
   */
  readonly durability?: Durability | undefined
}

/** Streams swept in one transaction: deleting a full one takes milliseconds. */
const SWEPT_AT_ONCE = 64

/**
 * Keeps streams in a file, by the SQLite that comes with Node 22.13 or newer. The file is this store's alone: while it is
 * open, no other store and no other process can open it. All that is asked in one turn is committed together at the end
 * of the turn, and answered after that.
 *
 * @example
 * ```ts
 * createStreamServer({ authenticate, store: fileStore({ path: 'streams.db' }) })
 * ```
 *
 * @throws Error where Node has no SQLite.
 * @throws RangeError when an option is not a number above 0.
 * @throws StoreError `unavailable` when the file is in use or cannot be opened; `broken` when it is damaged or no store.
 */
export function fileStore(options: FileStoreOptions): StreamStore {
  const { path, durability = 'full' } = options
  const rules = rulesFrom(options, Infinity)
  return new FileStore(openDatabase(path, acceptSchema), rules, durability)
}

/** Over a database that is open and locked already. */
export class FileStore implements StreamStore {
  readonly capabilities: StoreCapabilities
  readonly #engine: FileEngine

  constructor(database: DatabaseSync, rules: StoreRules, durability: Durability) {
    this.capabilities = {
      durability: durability === 'full' ? 'disk' : 'process',
      maxRecordBytes: MAX_RECORD_BYTES,
    }
    try {
      this.#engine = new FileEngine(database, rules, durability)
    } catch (error) {
      database.close()
      throw storeErrorFrom(error, 'writing')
    }
  }

  create(path: string, request: CreateRequest): Promise<CreateOutcome> {
    return this.#engine.write((place) => createStream(place, path, request))
  }

  async head(path: string): Promise<StreamHead | null> {
    return this.#engine.read((place) => headAt(place, path))
  }

  append(path: string, request: AppendRequest): Promise<AppendOutcome> {
    return this.#engine.write((place) => appendTo(place, path, request))
  }

  async read(path: string, after: number, limits: ReadLimits): Promise<ReadResult | null> {
    return this.#engine.read((place) => readFrom(place, path, after, limits))
  }

  watch(listener: (hint: StoreHint) => void): () => void {
    return this.#engine.hints.watch(listener)
  }

  trim(path: string, by: TrimBy): Promise<StreamHead | null> {
    return this.#engine.write((place) => trimTo(place, path, by))
  }

  async touch(path: string): Promise<void> {
    if (!this.#engine.read((place) => needsTouch(place, path))) return
    await this.#engine.write((place) => touchStream(place, path))
  }

  delete(path: string): Promise<boolean> {
    return this.#engine.write((place) => deleteStream(place, path))
  }

  lease(name: string, owner: string, ttlMs: number): Promise<Lease | null> {
    return this.#engine.write((place) => leaseTo(place, name, owner, ttlMs))
  }

  ready(): Promise<StoreReadiness> {
    return this.#engine.readiness()
  }

  async sweep(): Promise<void> {
    await this.#engine.readiness()
    // Looking first: a second in which nothing expires must not cost a transaction.
    for (let left = this.#engine.read(needsSweep); left; )
      left = await this.#engine.write((place) => !sweepStreams(place, SWEPT_AT_ONCE))
  }

  async close(): Promise<void> {
    this.#engine.close()
  }
}
