/**
 * What goes because time passes.
 *
 * Each stream carries the earliest time at which something of it may have to go. Using a stream does not move that time:
 * the sweep finds the stream still in use and sets the time anew. So an append writes no index, and a sweep of 10,000
 * streams looks at the few that are due.
 *
 * @module
 */

import { applyCut, hasExpired, nowOf, removeStream, type Workplace } from './operation.ts'
import { retentionCut } from './retention.ts'
import { deadlineOf, type StreamState } from './stream-state.ts'

/** Whether anything may have expired. */
export function needsSweep(place: Workplace): boolean {
  return place.tables.due(nowOf(place), 1).length > 0
}

/** Removes what has expired of at most so many streams. Says whether that was all. */
export function sweepStreams(place: Workplace, limit: number): boolean {
  const now = nowOf(place)
  place.tables.forgetTenures(now)
  const due = place.tables.due(now, limit)
  for (const state of due) {
    if (hasExpired(place, state, now)) removeStream(place, state)
    else sweepRecords(place, state, now)
  }
  return due.length < limit
}

/** When the sweep has to look at this stream again. */
export function sweepTimeOf(place: Workplace, state: StreamState, now: number): number {
  const { idleMs, retention } = place.rules
  // The newest record never grows too old, and what is appended behind it grows old later.
  const oldest = state.tail - state.earliest > 1 ? state.oldestAt : null
  const tooOld = Math.max((oldest ?? now) + retention.ageMs, now) + 1
  // Tables have whole numbers, and none for Infinity.
  return Math.min(Math.ceil(Math.min(deadlineOf(state, idleMs), tooOld)), Number.MAX_SAFE_INTEGER)
}

function sweepRecords(place: Workplace, state: StreamState, now: number): void {
  const cut = retentionCut(state, () => place.tables.facts(state), [], place.rules.retention, now)
  applyCut(place, state, cut)
  state.sweepAt = sweepTimeOf(place, state, now)
  place.tables.update(state)
}
