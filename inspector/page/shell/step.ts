/**
 * From entry to entry with the arrow keys.
 *
 * @module
 */
import { indexAfter } from '../chart/steps.ts'
import type { Store } from '../store.ts'

/** Shows the next entry before or after the instant; after the last one the page is live again. */
export function stepBy(store: Store, way: -1 | 1): void {
  const app = store.app.peek()
  if (app === null) return
  const entries = store.session.entries(app)
  const moment = store.moment.peek()
  if (moment.kind === 'live' && way === 1) return
  const at = moment.kind === 'live' ? Number.POSITIVE_INFINITY : moment.at
  const known = moment.kind === 'live' ? -1 : entries.findIndex(({ seq }) => seq === moment.seq)
  const after = indexAfter(entries, at)
  // Several entries may share an instant: the one that was shown counts, not the time alone.
  const from = known === -1 ? (way === 1 ? after - 1 : after) : known
  const entry = entries[from + way]
  if (entry !== undefined) store.goTo(entry.t, entry.seq)
  else if (way === 1) store.goLive()
}
