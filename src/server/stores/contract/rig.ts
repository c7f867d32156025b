/**
 * What the cases of the contract work with.
 *
 * @module
 */

import { expect, onTestFinished } from 'vitest'
import { type ManualClock, manualClock } from '../../testing/manual-clock.ts'
import type {
  AppendOutcome,
  AppendRequest,
  CreateOutcome,
  CreateRequest,
  RecordBody,
  StoredRecord,
  StoreHint,
  StreamConfig,
  StreamHead,
  StreamStore,
} from '../store.ts'
import type { StoreOptions } from '../store-options.ts'

/** A store that was made for one case. */
export interface MadeStore {
  readonly store: StreamStore
  /** Ends the store, properly or as a crash would, and opens what it has left. `null`: it leaves nothing. */
  readonly reopen: ((end: 'closed' | 'killed') => Promise<StreamStore>) | null
}

/** Makes an empty store by these options. Every time it sees comes from the clock. */
export type MakeStore = (options: StoreOptions & { readonly clock: ManualClock }) => Promise<MadeStore>

export interface StoreRig {
  readonly store: StreamStore
  readonly clock: ManualClock
  /** What was told, in order. */
  readonly hints: readonly StoreHint[]
  create(path: string, request?: Partial<Omit<CreateRequest, 'config'>> & Partial<StreamConfig>): Promise<CreateOutcome>
  append(path: string, records: readonly RecordBody[], request?: Partial<AppendRequest>): Promise<AppendOutcome>
  /** The head of a stream that has to be there. */
  head(path: string): Promise<StreamHead>
  /** All that is kept. */
  records(path: string): Promise<readonly StoredRecord[]>
  bodies(path: string): Promise<readonly RecordBody[]>
  /** Ends the store and opens it again. The rig goes on with the new one. */
  reopen(end: 'closed' | 'killed'): Promise<void>
}

export const EVERYTHING = { records: Infinity, bytes: Infinity }

/** A case's own store, closed when the case is over. */
export async function open(make: MakeStore, options: StoreOptions = {}): Promise<StoreRig> {
  const clock = manualClock()
  const made = await make({ ...options, clock })
  const hints: StoreHint[] = []
  let store = made.store
  store.watch((hint) => hints.push(hint))
  onTestFinished(() => store.close())
  const rig: StoreRig = {
    get store() {
      return store
    },
    clock,
    hints,
    create: (path, request = {}) => store.create(path, creation(request)),
    append: (path, records, request = {}) => store.append(path, appending(records, request)),
    async head(path) {
      const head = await store.head(path)
      if (head === null) throw new Error(`There is no stream ${path}.`)
      return head
    },
    async records(path) {
      const { earliest } = await rig.head(path)
      return (await store.read(path, earliest, EVERYTHING))?.records ?? []
    },
    bodies: async (path) => (await rig.records(path)).map((record) => record.body),
    async reopen(end) {
      if (made.reopen === null) throw new Error('This store leaves nothing to open.')
      store = await made.reopen(end)
      store.watch((hint) => hints.push(hint))
    },
  }
  return rig
}

function creation(request: Partial<Omit<CreateRequest, 'config'>> & Partial<StreamConfig>): CreateRequest {
  const { contentType = 'text/plain', ttlMs = null, expiresAt = null, owner = null } = request
  const { records = [], closed = false, quota = { streams: Infinity, ofOwner: Infinity } } = request
  return { config: { contentType, ttlMs, expiresAt, owner }, records, closed, quota }
}

function appending(records: readonly RecordBody[], request: Partial<AppendRequest>): AppendRequest {
  return {
    records,
    essence: null,
    producer: null,
    principal: null,
    streamSeq: null,
    idempotencyKey: null,
    fingerprint: null,
    close: false,
    ...request,
  }
}

/** A producer's next append, by the principal `ann` unless it is said otherwise. */
export function by(id: string, epoch: number, seq: number, more: Partial<AppendRequest> = {}): Partial<AppendRequest> {
  return { producer: { id, epoch, seq }, principal: 'ann', ...more }
}

/** Asserts what became of an append, and that nothing of the stream has changed. */
export async function expectNoEffect(
  rig: StoreRig,
  path: string,
  append: () => Promise<AppendOutcome>,
  outcome: object,
): Promise<void> {
  const before = { head: await rig.store.head(path), records: await rig.records(path), hints: rig.hints.length }
  expect(await append()).toMatchObject(outcome)
  expect({ head: await rig.store.head(path), records: await rig.records(path), hints: rig.hints.length }).toEqual(
    before,
  )
}
