/**
 * What every operation on the tables works with.
 *
 * @module
 */

import { retentionCut } from './retention.ts'
import type { RecordBody, StoredRecord, StoreHint, StreamHead } from './store.ts'
import type { StoreRules } from './store-options.ts'
import { type Cut, deadlineOf, headOf, type StreamState } from './stream-state.ts'
import type { Tables } from './tables.ts'

/** The tables of a store, its rules, and where to say what has changed. */
export interface Workplace {
  readonly tables: Tables
  readonly rules: StoreRules
  /** Largest record in bytes. */
  readonly maxRecordBytes: number
  readonly tell: (hint: StoreHint) => void
}

/** Whole milliseconds: a fraction would take a heap number of its own in each record. */
export function nowOf(place: Workplace): number {
  return Math.floor(place.rules.clock.now())
}

/** The stream, or `null` when there is none any more. What has expired is absent at once, though the sweep removes it later. */
export function present(place: Workplace, path: string, now: number): StreamState | null {
  const state = place.tables.find(path)
  return state === null || hasExpired(place, state, now) ? null : state
}

/** Whether its time is over, to the millisecond. */
export function hasExpired(place: Workplace, state: StreamState, now: number): boolean {
  return deadlineOf(state, place.rules.idleMs) <= now
}

/** The head without what is too old: that is gone at once too. */
export function viewOf(place: Workplace, state: StreamState, now: number): StreamHead {
  return headOf(
    state,
    retentionCut(state, () => place.tables.facts(state), [], place.rules.retention, now),
  )
}

/** The records that bodies become. Bytes are copied: history must not change with the caller's buffer, nor keep a large one alive. */
export function recordsFrom(bodies: readonly RecordBody[], tail: number, at: number): readonly StoredRecord[] {
  return bodies.map((body, index) => ({
    seq: tail + 1 + index,
    at,
    size: typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  }))
}

/** Forgets the oldest records. */
export function applyCut(place: Workplace, state: StreamState, cut: Cut): void {
  if (cut.count > 0) place.tables.dropRecords(state, state.earliest + cut.count)
  state.earliest += cut.count
  state.bytes -= cut.bytes
  state.oldestAt = cut.oldestAt
}

/** Removes a stream, and says so. */
export function removeStream(place: Workplace, state: StreamState): void {
  place.tables.remove(state)
  place.tell({ path: state.path, gen: state.gen, head: null, records: [] })
}
