/**
 * What HTTP, WebSocket and the server's own process share when they create a stream or append to one.
 *
 * @module
 */

import { createHash } from 'node:crypto'
import type { ServerContext } from './context.ts'
import type { Visitor } from './security/gate.ts'
import type { AppendOutcome, AppendRequest, CreateOutcome, RecordBody, StreamConfig } from './stores/store.ts'

/** A stream as it is asked for. */
export interface CreationWish {
  readonly contentType: string
  readonly ttlMs?: number | null
  readonly expiresAt?: number | null
  readonly owner: string | null
  readonly records?: readonly RecordBody[]
  readonly closed?: boolean
}

/** Creates a stream, or says how it stands with the one that is there. */
export function create(context: ServerContext, path: string, wish: CreationWish): Promise<CreateOutcome> {
  const { contentType, ttlMs = null, expiresAt = null, owner, records = [], closed = false } = wish
  const config: StreamConfig = { contentType, ttlMs, expiresAt, owner }
  const { streams, streamsPerPrincipal } = context.limits
  return context.store.create(path, { config, records, closed, quota: { streams, ofOwner: streamsPerPrincipal } })
}

/** Appends, and counts what became of it. */
export async function append(context: ServerContext, path: string, request: AppendRequest): Promise<AppendOutcome> {
  const { store, clock, instruments } = context
  const began = clock.now()
  const outcome = await store.append(path, request)
  if (outcome.kind === 'appended') {
    const size = request.records.reduce((sum, record) => sum + Buffer.byteLength(record), 0)
    instruments.appended(request.records.length, size, clock.now() - began)
  } else if (outcome.kind === 'duplicate') instruments.duplicate(outcome.differs)
  return outcome
}

/** The same; a stream that is not there is made first. What `make` throws, this rejects with. */
export async function appendOrCreate(
  context: ServerContext,
  path: string,
  request: AppendRequest,
  make: () => Promise<unknown>,
): Promise<AppendOutcome> {
  const outcome = await append(context, path, request)
  if (outcome.kind !== 'absent') return outcome
  await make()
  return append(context, path, request)
}

/** What a write is paid for with. */
export type WriteSpending = 'publishes' | 'bytesIn' | 'creates'

/** Takes from the visitor's bucket, and counts when there was not enough. 0: paid. Otherwise how long to wait, in milliseconds. */
export function spend(
  { gate, instruments }: ServerContext,
  visitor: Visitor,
  what: WriteSpending,
  amount: number,
): number {
  const waitMs = gate.spend(visitor, what, amount)
  if (waitMs > 0) instruments.limited(what)
  return waitMs
}

/**
 * 64 bits of the records, to notice a repetition that is none. Not of the request: the same append may come again another way,
 * as a body or in a frame. With lengths, or two records could pass for one.
 */
export function fingerprintOf(records: readonly RecordBody[]): string {
  const hash = createHash('sha256')
  for (const record of records) hash.update(`${Buffer.byteLength(record)}:`).update(record)
  return hash.digest('hex').slice(0, 16)
}
