/**
 * The smaller operations on one stream: reading, forgetting, keeping alive, deleting.
 *
 * @module
 */

import { applyCut, nowOf, present, removeStream, viewOf, type Workplace } from './operation.ts'
import { trimCut } from './retention.ts'
import type { ReadLimits, ReadResult, StreamHead, TrimBy } from './store.ts'
import type { StreamState } from './stream-state.ts'

/** What is known of a stream; `null`: there is none. */
export function headAt(place: Workplace, path: string): StreamHead | null {
  const now = nowOf(place)
  const state = present(place, path, now)
  return state === null ? null : viewOf(place, state, now)
}

/** Records after a position. Outside of what is kept there are none, and the head says on which side. */
export function readFrom(place: Workplace, path: string, after: number, limits: ReadLimits): ReadResult | null {
  const now = nowOf(place)
  const state = present(place, path, now)
  if (state === null) return null
  const head = viewOf(place, state, now)
  // Asked this way round, so that what is no number at all is beside as well.
  const beside = !(after >= head.earliest && after < head.tail)
  return { head, records: beside ? [] : place.tables.read(state, after, limits) }
}

/** Forgets the oldest records by wish. Nobody has used the stream by that: its life is not lengthened. */
export function trimTo(place: Workplace, path: string, by: TrimBy): StreamHead | null {
  const now = nowOf(place)
  const state = present(place, path, now)
  if (state === null) return null
  const cut = trimCut(state, place.tables.facts(state), by)
  if (cut.count === 0) return viewOf(place, state, now)
  applyCut(place, state, cut)
  place.tables.update(state)
  const head = viewOf(place, state, now)
  place.tell({ path, gen: state.gen, head, records: [] })
  return head
}

/** Removes a stream. Whether there was one. */
export function deleteStream(place: Workplace, path: string): boolean {
  const state = present(place, path, nowOf(place))
  if (state === null) return false
  removeStream(place, state)
  return true
}

/** Whether it is time to write down that the stream is in use: a tenth of its time to live has passed. */
export function needsTouch(place: Workplace, path: string): boolean {
  const now = nowOf(place)
  const state = present(place, path, now)
  if (state === null) return false
  const span = slidingSpan(place, state)
  return span !== null && now > state.usedAt && now - state.usedAt >= span / 10
}

/** Starts a sliding expiry anew. `sweepAt` stays: too early is allowed. */
export function touchStream(place: Workplace, path: string): void {
  const now = nowOf(place)
  const state = present(place, path, now)
  if (state === null) return
  state.usedAt = now
  place.tables.update(state)
}

/** `null`: nothing that is done with the stream lengthens its life. */
function slidingSpan(place: Workplace, state: StreamState): number | null {
  const { ttlMs, expiresAt } = state.config
  return ttlMs === null && expiresAt === null ? place.rules.idleMs : ttlMs
}
