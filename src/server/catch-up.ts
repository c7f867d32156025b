/**
 * Reads that end at once: `GET` without `live`, and `HEAD`.
 *
 * @module
 */

import { HEADERS } from '../wire/names.ts'
import { FROM_NOW, FROM_START, parseOffset } from '../wire/offset.ts'
import type { ServerContext } from './context.ts'
import { type Located, locate } from './cursor.ts'
import { answer, type Exchange, headerOf } from './exchange.ts'
import { type Page, pageOf } from './hub/page.ts'
import { PAGE, pageBody, pageHeaders } from './page-answer.ts'
import { deliverPage } from './page-delivery.ts'
import { answerReset, notFound } from './problem.ts'
import { badOffset } from './read-query.ts'
import type { StoredRecord, StreamHead } from './stores/store.ts'

/** Answers with one page from `start`, or from the oldest record when none is given. */
export async function catchUp(context: ServerContext, exchange: Exchange, start: string | null): Promise<void> {
  const found = await find(context, exchange.path, start ?? FROM_START)
  if (found === null) throw notFound()
  const { head, located, records } = found
  if (located.kind === 'bad_offset') throw badOffset()
  if (located.kind === 'reset') {
    context.instruments.reset(located.reason)
    answerReset(exchange.response, context.positions.reset(exchange.path, located))
    return
  }
  const page = pageOf(head, located.seq, records)
  context.instruments.delivered('page', page.records.length)
  answerPage(context, exchange, head, page, start)
}

interface Found {
  readonly head: StreamHead
  readonly located: Located
  readonly records: readonly StoredRecord[]
}

/** One read when the position says where. The other starts need the head first, and are places in that head. */
async function find(context: ServerContext, path: string, start: string): Promise<Found | null> {
  const { store } = context
  const parts = parseOffset(start)
  if (parts !== null) {
    const result = await touched(context, path, store.read(path, parts.seq, PAGE))
    return result && { head: result.head, located: locate(result.head, start), records: result.records }
  }
  const head = await touched(context, path, store.head(path))
  if (head === null || start === FROM_NOW) return head && { head, located: locate(head, FROM_NOW), records: [] }
  const result = await store.read(path, head.earliest, PAGE)
  // Trimmed between the two: then the oldest that is kept is another one by now, and comes with the next page.
  return result && { head: result.head, located: locate(result.head, FROM_START), records: result.records }
}

async function touched<Result>(context: ServerContext, path: string, reading: Promise<Result>): Promise<Result> {
  const result = await reading
  if (result !== null) context.store.touch(path).catch(context.report)
  return result
}

function answerPage(
  context: ServerContext,
  exchange: Exchange,
  head: StreamHead,
  page: Page,
  start: string | null,
): void {
  const { positions, tuning } = context
  const isNow = start === FROM_NOW
  const headers = pageHeaders(positions, head, page, !isNow && tuning(exchange.path).publicCache === true)
  // No tag for `now`: it names another position at every moment, and a tag for it would be a lie by the next request.
  const tag = isNow ? null : positions.tag(head, page)
  if (tag !== null) headers.ETag = tag
  if (tag !== null && matches(headerOf(exchange.request, 'if-none-match'), tag)) answer(exchange.response, 304, headers)
  else deliverPage(context, exchange, headers, pageBody(head, page))
}

/** Answers with what is known about the stream, without a body. */
export async function head({ store, positions }: ServerContext, exchange: Exchange): Promise<void> {
  const found = await store.head(exchange.path)
  if (found === null) throw notFound()
  const { contentType, ttlMs, expiresAt } = found.config
  answer(exchange.response, 200, {
    'Content-Type': contentType,
    'Cache-Control': 'no-store',
    [HEADERS.nextOffset]: positions.at(found, found.tail),
    [HEADERS.earliestOffset]: positions.at(found, found.earliest),
    ...(found.state === 'closed' ? { [HEADERS.closed]: 'true' } : {}),
    ...(ttlMs === null ? {} : { [HEADERS.ttl]: String(ttlMs / 1000) }),
    ...(expiresAt === null ? {} : { [HEADERS.expiresAt]: new Date(expiresAt).toISOString() }),
  })
}

/** RFC 9110 section 13.1.2: a list of tags, compared weakly, or a star. */
function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').some((candidate) => ['*', tag, `W/${tag}`].includes(candidate.trim()))
}
