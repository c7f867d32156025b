/**
 * Records as the body of an ordinary answer: catch-up and long-poll.
 *
 * @module
 */

import { HEADERS } from '../wire/names.ts'
import { kindOf } from './content-type.ts'
import type { Page } from './hub/page.ts'
import type { Positions } from './positions.ts'
import type { StreamHead } from './stores/store.ts'

/** Largest page. */
export const PAGE = { records: 1000, bytes: 1024 * 1024 }

/** Private by default: whether strangers may see a page is not for a cache between us to decide. */
const PRIVATE = 'private, no-store'

/** What a page says never changes, but a page at the tail is soon not the newest any more. */
const PUBLIC = 'public, max-age=60, stale-while-revalidate=300'

/** Headers of an answer that holds a page, or says that there is nothing in it. */
export function pageHeaders(
  positions: Positions,
  head: StreamHead,
  page: Page,
  shared: boolean,
): Record<string, string> {
  return {
    'Content-Type': head.config.contentType,
    'Cache-Control': shared ? PUBLIC : PRIVATE,
    [HEADERS.nextOffset]: positions.at(head, page.to),
    ...(page.atTail ? { [HEADERS.upToDate]: 'true' } : {}),
    ...(page.ended ? { [HEADERS.closed]: 'true' } : {}),
  }
}

/** A JSON array, or the records' bytes one behind the other. */
export function pageBody(head: StreamHead, page: Page): string | Buffer {
  const bodies = page.records.map((record) => record.body)
  if (kindOf(head.config.contentType) === 'json') return `[${bodies.join(',')}]`
  return Buffer.concat(bodies.map((body) => (typeof body === 'string' ? Buffer.from(body) : body)))
}
