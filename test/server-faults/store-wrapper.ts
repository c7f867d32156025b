/**
 * A memory whose reads can be held up, and whose writes can be made to fail.
 *
 * @module
 */
import type { Clock } from '../../src/server/clock.ts'
import { memoryStore } from '../../src/server/index.ts'
import {
  type AppendOutcome,
  type AppendRequest,
  type CreateOutcome,
  type CreateRequest,
  type Lease,
  type ReadLimits,
  type ReadResult,
  StoreError,
  type StoreErrorCode,
  type StoreHint,
  type StoreReadiness,
  type StreamHead,
  type StreamStore,
  type TrimBy,
} from '../../src/server/stores/store.ts'
import { hold } from '../../src/server/testing/shaped-store.ts'

/** A read that waits. */
export interface HeldRead {
  /** Resolves when somebody reads. */
  readonly reached: Promise<void>
  release(): void
}

interface PlannedHold {
  readonly when: 'before' | 'after'
  readonly reach: () => void
  readonly released: Promise<void>
}

export class StoreWrapper implements StreamStore {
  /** What its failures say. */
  static readonly sentence = 'A failure that was made.'
  readonly capabilities
  /** What every write fails with; `null`: nothing. */
  failure: StoreErrorCode | null = null
  readonly #inner: StreamStore
  #hold: PlannedHold | null = null

  constructor(clock: Clock) {
    this.#inner = memoryStore({ clock })
    this.capabilities = this.#inner.capabilities
  }

  /** Holds up the next read, before or after it has looked into the store. */
  holdRead(when: PlannedHold['when']): HeldRead {
    const reached = hold()
    const released = hold()
    this.#hold = { when, reach: reached.release, released: released.held }
    return { reached: reached.held, release: released.release }
  }

  async create(path: string, request: CreateRequest): Promise<CreateOutcome> {
    this.#fail()
    return this.#inner.create(path, request)
  }

  head(path: string): Promise<StreamHead | null> {
    return this.#inner.head(path)
  }

  async append(path: string, request: AppendRequest): Promise<AppendOutcome> {
    this.#fail()
    return this.#inner.append(path, request)
  }

  async read(path: string, after: number, limits: ReadLimits): Promise<ReadResult | null> {
    const hold = this.#hold
    this.#hold = null
    if (hold?.when === 'before') await this.#wait(hold)
    // As small as those of a live read, so that a long poll pages as well.
    const result = await this.#inner.read(path, after, { ...limits, records: Math.min(limits.records, 64) })
    if (hold?.when === 'after') await this.#wait(hold)
    return result
  }

  watch(listener: (hint: StoreHint) => void): () => void {
    return this.#inner.watch(listener)
  }

  trim(path: string, by: TrimBy): Promise<StreamHead | null> {
    return this.#inner.trim(path, by)
  }

  touch(path: string): Promise<void> {
    return this.#inner.touch(path)
  }

  delete(path: string): Promise<boolean> {
    return this.#inner.delete(path)
  }

  lease(name: string, owner: string, ttlMs: number): Promise<Lease | null> {
    return this.#inner.lease(name, owner, ttlMs)
  }

  async ready(): Promise<StoreReadiness> {
    const { identity } = await this.#inner.ready()
    return { identity, state: this.failure === null ? 'usable' : 'degraded' }
  }

  sweep(): Promise<void> {
    return this.#inner.sweep()
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  #fail(): void {
    if (this.failure !== null) throw new StoreError(this.failure, StoreWrapper.sentence)
  }

  async #wait({ reach, released }: PlannedHold): Promise<void> {
    reach()
    await released
  }
}
