/**
 * Marks a range of the selected app's time: what is saved of it is a recording of its own.
 *
 * @module
 */
import type { Span } from '../../session/cutting.ts'
import { clockWords, lengthWords } from '../../session/words.ts'
import type { Store } from '../store.ts'

/** What can be marked: from the first entry that is kept until now. */
function kept(store: Store): Span {
  const [first] = store.session.entries(store.app.peek() ?? '')
  const to = store.now()
  return { from: Math.min(first?.t ?? to, to), to }
}

/** Marks it as far as something is kept of it, and says so: whoever does not see the timeline hears what Save will save. */
export function markRange(store: Store, wanted: Span): void {
  const app = store.selectedApp.peek()
  if (app === undefined) return
  const within = kept(store)
  const clamp = (t: number): number => Math.min(within.to, Math.max(within.from, t))
  const [from, to] = [clamp(wanted.from), clamp(wanted.to)]
  store.range.value = { from, to }
  const begin = clockWords(app.epoch, from)
  store.notice.value =
    from === to
      ? `A range begins at ${begin}; ] ends it.`
      : `Marked ${lengthWords(to - from)} from ${begin} on. Save saves it, Escape forgets it.`
}

function instantOf(store: Store): number {
  return store.at.peek() ?? store.now()
}

/** At the instant shown; a range that would end before it ends now. */
export function markBegin(store: Store): void {
  const [from, to] = [instantOf(store), store.range.peek()?.to ?? 0]
  markRange(store, { from, to: to > from ? to : store.now() })
}

/** At the instant shown; a range that would begin after it begins with all that is kept. */
export function markEnd(store: Store): void {
  const [from, to] = [store.range.peek()?.from ?? 0, instantOf(store)]
  markRange(store, { from: from < to ? from : 0, to })
}

export function forgetRange(store: Store): void {
  store.range.value = null
  store.notice.value = 'No range is marked any more.'
}
