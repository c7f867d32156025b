/**
 * Reads that end at once: `GET` without `live`, and `HEAD`.
 *
 * @module
 */

import { HEADERS } from '../wire/names.ts'
import { FROM_NOW, FROM_START } from '../wire/offset.ts'
import { locate } from './cursor.ts'
import { answer, type Exchange, headerOf } from './exchange.ts'
import { PAGE_BYTES, PAGE_RECORDS, pageBody, pageHeaders, pageTag } from './page-answer.ts'
import { answerReset, Refusal } from './problem.ts'
import type { StreamLog } from './stream-log.ts'

/** Answers with one page from `offset`, or from the start when none is given. */
export function catchUp(exchange: Exchange, log: StreamLog): void {
  const start = startOf(exchange) ?? FROM_START
  const located = locate(log, start)
  if (located.kind === 'bad_offset') throw badOffset()
  if (located.kind === 'reset') answerReset(exchange.response, located)
  else if (start === FROM_NOW) answerNow(exchange, log)
  else answerPage(exchange, log, located.seq)
}

/** No tag: `now` names another position at every moment, and a tag for it would be a lie by the next request. */
function answerNow(exchange: Exchange, log: StreamLog): void {
  const page = log.read(log.tail, 0, 0)
  answer(exchange.response, 200, pageHeaders(log, page), pageBody(log, page))
}

function answerPage(exchange: Exchange, log: StreamLog, after: number): void {
  const page = log.read(after, PAGE_RECORDS, PAGE_BYTES)
  const tag = pageTag(log, page)
  const headers = { ...pageHeaders(log, page), ETag: tag }
  if (matches(headerOf(exchange.request, 'if-none-match'), tag)) answer(exchange.response, 304, headers)
  else answer(exchange.response, 200, headers, pageBody(log, page))
}

/** Answers with what is known about the stream, without a body. */
export function head(exchange: Exchange, log: StreamLog): void {
  log.expire()
  answer(exchange.response, 200, {
    'Content-Type': log.contentType,
    'Cache-Control': 'no-store',
    [HEADERS.nextOffset]: log.offsetAt(log.tail),
    [HEADERS.earliestOffset]: log.offsetAt(log.earliest),
    ...(log.state === 'closed' ? { [HEADERS.closed]: 'true' } : {}),
  })
}

/** The one `offset` of the query, or `null`. Two are refused: caches and servers would not agree which one counts. */
export function startOf(exchange: Exchange): string | null {
  const offsets = exchange.query.getAll('offset')
  if (offsets.length > 1) throw badOffset()
  return offsets[0] ?? null
}

/** What a start with bad syntax is answered with. */
export function badOffset(): Refusal {
  return new Refusal(400, 'bad_offset', 'An offset is one this server has given, or -1, or now.')
}

/** RFC 9110 section 13.1.2: a list of tags, compared weakly, or a star. */
function matches(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  return ifNoneMatch.split(',').some((candidate) => ['*', tag, `W/${tag}`].includes(candidate.trim()))
}
