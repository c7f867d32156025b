/**
 * Creating a stream, with its first records, in one step.
 *
 * @module
 */

import { randomBytes } from 'node:crypto'
import { essenceOf } from '../content-type.ts'
import { addRecords, closeState, fits } from './append.ts'
import { hasExpired, nowOf, recordsFrom, removeStream, viewOf, type Workplace } from './operation.ts'
import { retentionCut } from './retention.ts'
import type { CreateOutcome, CreateRequest } from './store.ts'
import { headOf, type StreamState } from './stream-state.ts'
import { sweepStreams, sweepTimeOf } from './sweep.ts'

const GEN_DIGITS = 16

/** Creates a stream, or says why not. */
export function createStream(place: Workplace, path: string, request: CreateRequest): CreateOutcome {
  const now = nowOf(place)
  const existing = place.tables.find(path)
  if (existing !== null && !hasExpired(place, existing, now)) {
    const head = viewOf(place, existing, now)
    return { kind: isSame(existing, request) ? 'exists' : 'conflict', head }
  }
  if (existing !== null) removeStream(place, existing)
  const over = overQuota(place, request)
  if (over !== null) return { kind: 'quota', of: over }
  const records = recordsFrom(request.records, 0, now)
  // Without what retention would take off at once: first records beyond the retention are a mistake, not a use.
  if (!fits(place, records, 0)) return { kind: 'quota', of: 'bytes' }
  const state = insert(place, path, request, now)
  addRecords(
    place,
    state,
    records,
    retentionCut(state, () => [], records, place.rules.retention, now),
  )
  if (request.closed) closeState(place, state, null)
  state.sweepAt = sweepTimeOf(place, state, now)
  place.tables.update(state)
  const head = headOf(state, null)
  place.tell({ path, gen: state.gen, head, records })
  return { kind: 'created', head }
}

function isSame(state: StreamState, { config, closed }: CreateRequest): boolean {
  return (
    state.essence === essenceOf(config.contentType) &&
    state.config.ttlMs === config.ttlMs &&
    state.config.expiresAt === config.expiresAt &&
    (state.closing !== null) === closed
  )
}

/** Which quota is used up. Streams that have expired do not count, though they may still be in the tables. */
function overQuota(place: Workplace, { config, quota }: CreateRequest): 'streams' | 'owner' | null {
  const { totals } = place.tables
  const over = (): 'streams' | 'owner' | null => {
    if (totals.streams >= quota.streams) return 'streams'
    return config.owner !== null && totals.ofOwner(config.owner) >= quota.ofOwner ? 'owner' : null
  }
  if (over() === null) return null
  sweepStreams(place, Infinity)
  return over()
}

function insert(place: Workplace, path: string, { config }: CreateRequest, now: number): StreamState {
  return place.tables.insert({
    path,
    gen: nextGen(place, now),
    config,
    essence: essenceOf(config.contentType),
    usedAt: now,
    sweepAt: now,
  })
}

/**
 * 48 bits of creation time, 16 random ones. Growing over all paths together, which is more than the protocol asks
 * (growing per path) and needs no tombstone for each deleted stream.
 */
function nextGen({ tables: { ledger } }: Workplace, now: number): string {
  const fresh = (BigInt(now) << 16n) | BigInt(randomBytes(2).readUInt16BE())
  ledger.lastGen = fresh > ledger.lastGen ? fresh : ledger.lastGen + 1n
  return ledger.lastGen.toString(16).padStart(GEN_DIGITS, '0')
}
