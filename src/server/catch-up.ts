/**
 * Reads that end at once: `GET` without `live`, and `HEAD`.
 *
 * @module
 */

import { HEADERS } from '../wire/names.ts'
import { FROM_NOW, FROM_START, parseOffset } from '../wire/offset.ts'
import type { ServerContext } from './context.ts'
import { locate } from './cursor.ts'
import { answer, type Exchange, headerOf } from './exchange.ts'
import { type Page, pageOf } from './hub/page.ts'
import { PAGE, pageBody, pageHeaders } from './page-answer.ts'
import type { Positions } from './positions.ts'
import { answerReset, notFound } from './problem.ts'
import { badOffset } from './read-query.ts'
import type { ReadResult, StreamHead } from './stores/store.ts'

/** Answers with one page from `start`, or from the oldest record when none is given. */
export async function catchUp(context: ServerContext, exchange: Exchange, start: string | null): Promise<void> {
  const { positions } = context
  const result = await readFrom(context, exchange.path, start ?? FROM_START)
  if (result === null) throw notFound()
  const { head } = result
  const located = locate(head, start ?? FROM_START)
  if (located.kind === 'bad_offset') throw badOffset()
  if (located.kind === 'reset') {
    context.instruments.reset(located.reason)
    answerReset(exchange.response, positions.reset(exchange.path, located))
    return
  }
  const page = pageOf(head, located.seq, result.records)
  context.instruments.delivered('page', page.records.length)
  const shared = context.tuning(exchange.path).publicCache === true
  if (start === FROM_NOW) answerNow(positions, exchange, head, page)
  else answerPage(positions, exchange, head, page, shared)
}

/** One read when the position says where; the other starts need the head first. */
async function readFrom(context: ServerContext, path: string, start: string): Promise<ReadResult | null> {
  const { store } = context
  const parts = parseOffset(start)
  if (parts !== null) return touched(context, path, store.read(path, parts.seq, PAGE))
  const head = await store.head(path)
  if (head === null) return null
  return touched(context, path, store.read(path, start === FROM_NOW ? head.tail : head.earliest, PAGE))
}

async function touched(
  context: ServerContext,
  path: string,
  reading: Promise<ReadResult | null>,
): Promise<ReadResult | null> {
  const result = await reading
  if (result !== null) context.store.touch(path).catch(context.report)
  return result
}

/** No tag: `now` names another position at every moment, and a tag for it would be a lie by the next request. */
function answerNow(positions: Positions, exchange: Exchange, head: StreamHead, page: Page): void {
  answer(exchange.response, 200, pageHeaders(positions, head, page, false), pageBody(head, page))
}

function answerPage(positions: Positions, exchange: Exchange, head: StreamHead, page: Page, shared: boolean): void {
  const tag = positions.tag(head, page)
  const headers = { ...pageHeaders(positions, head, page, shared), ETag: tag }
  if (matches(headerOf(exchange.request, 'if-none-match'), tag)) answer(exchange.response, 304, headers)
  else answer(exchange.response, 200, headers, pageBody(head, page))
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
