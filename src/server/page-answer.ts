/**
 * Records as the body of an ordinary answer: catch-up and long-poll.
 *
 * @module
 */

import { HEADERS } from '../wire/names.ts'
import type { Page, StreamLog } from './stream-log.ts'

/** Largest page. */
export const PAGE_BYTES = 1024 * 1024
export const PAGE_RECORDS = 1000

/** Headers of an answer that holds a page, or says that there is nothing in it. */
export function pageHeaders(log: StreamLog, page: Page): Record<string, string> {
  return {
    'Content-Type': log.contentType,
    // Private by default: whether strangers may see a page is not for a cache between us to decide.
    'Cache-Control': 'private, no-store',
    [HEADERS.nextOffset]: log.offsetAt(page.to),
    ...(page.atTail ? { [HEADERS.upToDate]: 'true' } : {}),
    ...(page.ended ? { [HEADERS.closed]: 'true' } : {}),
  }
}

/** Names exactly these records; `.c` when the end of the stream is part of what the answer says. */
export function pageTag(log: StreamLog, page: Page): string {
  return `"${log.gen}.${log.term}.${page.from}.${page.to}${page.ended ? '.c' : ''}"`
}

/** A JSON array, or the records' bytes one behind the other. */
export function pageBody(log: StreamLog, page: Page): string | Buffer {
  const bodies = page.records.map((record) => record.body)
  if (log.kind === 'json') return `[${bodies.join(',')}]`
  return Buffer.concat(bodies.map((body) => (typeof body === 'string' ? Buffer.from(body) : body)))
}
