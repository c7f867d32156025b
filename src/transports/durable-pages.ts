/**
 * Durable records over long-polling: pages of which only the end has an offset.
 *
 * @module
 */
import { badFrame } from './durable-control.ts'
import { checkReached } from './durable-gap.ts'
import type { Translator } from './durable-link.ts'
import type { Tracker } from './durable-position.ts'

/** So many pages in a row may hold nothing new: a cache that does not look at the query would be asked for ever, at full speed. */
const MOST_REPEATED = 3

/** What the answer says that a page came in. */
export interface PageHead {
  /** The offset behind the page. */
  readonly next: string | undefined
  /** Its elements are the records; else it is one piece, however many records are in it. */
  readonly counted: boolean
  /** Nothing is behind it at this moment. */
  readonly upToDate: boolean
}

/** @param head - of the page that is being read. */
export function pageTranslator(tracker: Tracker, head: () => PageHead): Translator {
  /** The page as far as it has come: its records have numbers only when its length is known. */
  let page: unknown[] = []
  let repeated = 0
  return {
    take(item, emit) {
      const { next, counted, upToDate } = head()
      if (item.data !== undefined) page.push(item.data)
      if (next === undefined && page.length > 0) throw badFrame('a page without an offset')
      if (item.position === undefined) return true
      const before = tracker.position
      if (page.length === 0) tracker.commit(item.position, emit)
      else if (counted) tracker.records(page, item.position, emit)
      else tracker.pieces(page, item.position, emit)
      repeated = page.length > 0 && tracker.position === before ? repeated + 1 : 0
      page = []
      if (repeated === MOST_REPEATED) throw badFrame('the same page again and again')
      checkReached(tracker, upToDate)
      return true
    },
    // Polling ends only when the server says that the stream is closed.
    cutShort: () => null,
    explain: (failure) => failure,
  }
}
