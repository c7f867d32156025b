/**
 * Room for more bytes: closed streams make it, open ones never do.
 *
 * @module
 */

import { removeStream, type Workplace } from './operation.ts'
import { costOf, type StreamState } from './stream-state.ts'

/** Whether so many bytes more are allowed, after closed streams have gone where that helps. If it does not help, none goes. */
export function makeRoom(place: Workplace, needed: number): boolean {
  const { tables, rules } = place
  const excess = tables.totals.held + needed - rules.bytes
  // What a stream gives back by its own retention may be more than it takes.
  if (excess <= 0 || needed <= 0) return true
  const leaving: StreamState[] = []
  let freed = 0
  for (const state of tables.closed()) {
    leaving.push(state)
    freed += costOf(state)
    if (freed >= excess) break
  }
  if (freed < excess) return false
  for (const state of leaving) removeStream(place, state)
  return true
}
