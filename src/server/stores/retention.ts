/**
 * Which records go. Everything here only decides: it is applied in the operation that found it necessary.
 *
 * @module
 */

import type { Retention, StoredRecord, TrimBy } from './store.ts'
import type { Cut, StreamState } from './stream-state.ts'

/** What the decision needs to know of a record. */
export type RecordFacts = Pick<StoredRecord, 'seq' | 'at' | 'size'>

/** What there is to choose from. */
interface Kept {
  readonly count: number
  readonly bytes: number
}

/** The cut that leaves a stream within its retention, with `added` at its end. The newest record stays in any case. */
export function retentionCut(
  state: StreamState,
  stored: () => Iterable<RecordFacts>,
  added: readonly StoredRecord[],
  retention: Retention,
  now: number,
): Cut {
  const count = state.tail - state.earliest + added.length
  const bytes = added.reduce((sum, record) => sum + record.size, state.bytes)
  const oldestAt = state.oldestAt ?? added[0]?.at ?? null
  const tooOld = now - retention.ageMs
  // The usual case, decided without touching a record.
  if (count <= retention.records && bytes <= retention.bytes && (oldestAt === null || oldestAt >= tooOld))
    return { count: 0, bytes: 0, oldestAt }
  return cutWhile(
    both(stored(), added),
    { count, bytes },
    (left, record) =>
      left.count > 1 && (left.count > retention.records || left.bytes > retention.bytes || record.at < tooOld),
  )
}

/** The cut that somebody asked for. It may take the newest record as well. */
export function trimCut(state: StreamState, stored: Iterable<RecordFacts>, by: TrimBy): Cut {
  const kept = { count: state.tail - state.earliest, bytes: state.bytes }
  return cutWhile(stored, kept, (left, record) => {
    if ('through' in by) return record.seq <= by.through
    if ('keepRecords' in by) return left.count > by.keepRecords
    if ('keepBytes' in by) return left.bytes > by.keepBytes
    return record.at < by.before
  })
}

/** Takes the oldest as long as they have to go, and stops at the first that may stay: there is never a hole. */
function cutWhile(
  records: Iterable<RecordFacts>,
  kept: Kept,
  hasToGo: (left: Kept, record: RecordFacts) => boolean,
): Cut {
  let count = 0
  let bytes = 0
  for (const record of records) {
    // What would be left if this record stayed the oldest.
    const left = { count: kept.count - count, bytes: kept.bytes - bytes }
    if (!hasToGo(left, record)) return { count, bytes, oldestAt: record.at }
    count++
    bytes += record.size
  }
  return { count, bytes, oldestAt: null }
}

function* both(stored: Iterable<RecordFacts>, added: readonly StoredRecord[]): Iterable<RecordFacts> {
  yield* stored
  yield* added
}
