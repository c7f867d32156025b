/**
 * What HTTP, WebSocket and the server's own process share when they create a stream or append to one.
 *
 * @module
 */

import { createHash } from 'node:crypto'
import type { ServerContext } from './context.ts'
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
  const size = request.records.reduce((sum, record) => sum + Buffer.byteLength(record), 0)
  if (outcome.kind === 'appended') instruments.appended(request.records.length, size, clock.now() - began)
  else if (outcome.kind === 'duplicate') instruments.duplicate(outcome.differs)
  return outcome
}

/** 64 bits of a body, to notice a repetition that is none. */
export function fingerprintOf(body: string | Uint8Array): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 16)
}
