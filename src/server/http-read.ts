/**
 * `GET`: which of the four ways of reading is meant, and from where.
 *
 * @module
 */

import type { LiveMode } from '../wire/names.ts'
import { isOffset, isStart } from '../wire/offset.ts'
import { badOffset, catchUp, startOf } from './catch-up.ts'
import type { ServerContext } from './context.ts'
import { locate } from './cursor.ts'
import { eventStream } from './event-stream.ts'
import { type Exchange, headerOf } from './exchange.ts'
import type { LiveFormat } from './live-format.ts'
import { openLiveRead, resetAsEvent } from './live-read.ts'
import { longPoll } from './long-poll.ts'
import { ndjson } from './ndjson.ts'
import { answerReset, Refusal } from './problem.ts'
import type { StreamLog } from './stream-log.ts'

/** Answers a read of an existing stream. */
export function read(context: ServerContext, exchange: Exchange, log: StreamLog): void {
  const mode = modeOf(exchange)
  if (mode === null) catchUp(exchange, log)
  else if (mode === 'long-poll') longPoll(context, exchange, log, liveStart(exchange, mode))
  else stream(context, exchange, log, liveStart(exchange, mode), mode === 'sse' ? eventStream : ndjson)
}

function stream(context: ServerContext, exchange: Exchange, log: StreamLog, start: string, format: LiveFormat): void {
  const located = locate(log, start)
  if (located.kind === 'bad_offset') throw badOffset()
  if (located.kind === 'at') openLiveRead(context, exchange, log, located.seq, format)
  else if (exchange.query.get('errors') === 'event') resetAsEvent(context, exchange, log, located, format)
  else answerReset(exchange.response, located)
}

/** How the read is to stay open; `null` when it is not. */
export function modeOf(exchange: Pick<Exchange, 'query'>): LiveMode | null {
  const mode = exchange.query.get('live')
  if (mode === null || mode === 'long-poll' || mode === 'sse' || mode === 'ndjson') return mode
  throw new Refusal(400, 'bad_live_mode', 'The live modes are long-poll, sse and ndjson.')
}

/**
 * A native `EventSource` cannot change its URL when it reconnects, so what it remembers wins over the offset there.
 * Something else in that header is refused: read as "from the start" it would deliver everything twice.
 */
function liveStart(exchange: Exchange, mode: LiveMode): string {
  const start = startOf(exchange)
  if (start === null) throw new Refusal(400, 'offset_required', 'A live read needs an offset.')
  if (!isStart(start)) throw badOffset()
  const remembered = mode === 'sse' ? headerOf(exchange.request, 'last-event-id') : undefined
  if (remembered === undefined || remembered === '') return start
  if (!isOffset(remembered)) throw badOffset()
  return remembered
}
