/**
 * `PUT`, `POST` and `DELETE`.
 *
 * @module
 */

import { HEADERS, STREAM_MOUNT } from '../wire/names.ts'
import { type AppendOutcome, appendTo } from './append.ts'
import { DEFAULT_CONTENT_TYPE, essenceOf, isContentType, kindOf } from './content-type.ts'
import type { ServerContext } from './context.ts'
import { answer, type Exchange, headerOf } from './exchange.ts'
import { notFound, Refusal } from './problem.ts'
import { producerOf } from './producer-headers.ts'
import type { ProducerTuple } from './producers.ts'
import { readBody } from './read-body.ts'
import { recordBodies } from './record-bodies.ts'
import type { StreamLog } from './stream-log.ts'

/** Creates a stream, or confirms that it is there as asked for. */
export async function put(context: ServerContext, exchange: Exchange): Promise<void> {
  const { request, path } = exchange
  for (const name of ['stream-ttl', 'stream-expires-at'])
    if (headerOf(request, name) !== undefined)
      throw new Refusal(501, 'not_implemented', 'This server cannot let a stream expire.')
  const contentType = contentTypeOf(exchange) ?? DEFAULT_CONTENT_TYPE
  const closed = wantsClose(exchange)
  const body = await readBody(request, context.clock)
  if (body === null) return
  const existing = context.registry.find(path)
  if (existing !== undefined) return confirm(exchange, existing, contentType, closed)
  const bodies = body.length === 0 ? [] : recordBodies(kindOf(contentType), body, true)
  const log = create(context, path, contentType)
  if (bodies.length > 0) log.append(bodies)
  if (closed) log.close()
  answer(exchange.response, 201, { ...created(log), Location: STREAM_MOUNT + path })
}

function confirm(exchange: Exchange, log: StreamLog, contentType: string, closed: boolean): void {
  if (log.essence !== essenceOf(contentType) || (log.state === 'closed') !== closed)
    throw new Refusal(409, 'exists', 'There is a stream by this name with another configuration.', closedHeader(log))
  answer(exchange.response, 200, created(log))
}

function created(log: StreamLog): Record<string, string> {
  return { 'Content-Type': log.contentType, ...tailHeaders(log) }
}

/** Appends to a stream. */
export async function post(context: ServerContext, exchange: Exchange): Promise<void> {
  const { request, path } = exchange
  if (context.registry.find(path) === undefined && !context.autoCreate) throw notFound()
  const producer = producerOf(request)
  const close = wantsClose(exchange)
  const contentType = contentTypeOf(exchange)
  const body = await readBody(request, context.clock)
  if (body === null) return
  if (body.length === 0 && !close) throw new Refusal(400, 'empty_append', 'An empty body appends nothing.')
  if (body.length > 0 && contentType === null)
    throw new Refusal(400, 'content_type_required', 'An append needs a content type.')
  const type = contentType ?? DEFAULT_CONTENT_TYPE
  const bodies = body.length === 0 ? [] : recordBodies(kindOf(type), body, false)
  // Looked up again: the stream may have been deleted while the body was on its way.
  const log = context.registry.find(path) ?? (bodies.length > 0 ? autoCreated(context, path, type) : null)
  if (log === null) throw notFound()
  const outcome = appendTo(log, {
    bodies,
    essence: body.length === 0 ? null : essenceOf(type),
    producer,
    streamSeq: headerOf(request, 'stream-seq') ?? null,
    close,
  })
  answerAppend(exchange, log, producer, outcome)
}

function answerAppend(
  exchange: Exchange,
  log: StreamLog,
  producer: ProducerTuple | null,
  outcome: AppendOutcome,
): void {
  if (outcome.kind !== 'appended' && outcome.kind !== 'duplicate') throw refusalOf(log, producer, outcome)
  const echo: Record<string, string> = {}
  if (producer !== null) {
    echo[HEADERS.producerEpoch] = String(producer.epoch)
    echo[HEADERS.producerSeq] = String(outcome.kind === 'duplicate' ? outcome.seq : producer.seq)
  }
  const isNew = producer !== null && outcome.kind === 'appended'
  answer(exchange.response, isNew ? 200 : 204, { ...tailHeaders(log), ...echo }, isNew ? '' : undefined)
}

type Failure = Exclude<AppendOutcome, { kind: 'appended' | 'duplicate' }>

function refusalOf(log: StreamLog, producer: ProducerTuple | null, failure: Failure): Refusal {
  switch (failure.kind) {
    case 'stale':
      return new Refusal(403, 'stale_epoch', 'A newer epoch of this producer has taken over.', {
        [HEADERS.producerEpoch]: String(failure.epoch),
      })
    case 'closed':
      return new Refusal(409, 'closed', 'The stream is closed.', tailHeaders(log))
    case 'type':
      return new Refusal(409, 'content_type_mismatch', 'The stream has another content type.')
    case 'gap':
      return new Refusal(409, 'producer_gap', 'An earlier append of this producer is missing.', {
        [HEADERS.producerExpectedSeq]: String(failure.expected),
        [HEADERS.producerReceivedSeq]: String(producer?.seq ?? 0),
      })
    case 'epoch-start':
      return new Refusal(400, 'epoch_start', 'A new epoch starts with sequence 0.')
    case 'stream-seq':
      return new Refusal(409, 'stream_seq', 'Stream-Seq has to grow.')
    case 'full':
      return new Refusal(429, 'too_many_producers', 'The stream remembers too many producers.', { 'Retry-After': '60' })
  }
}

/** Deletes a stream. Its open reads end. */
export function remove(context: ServerContext, exchange: Exchange): void {
  if (!context.registry.delete(exchange.path)) throw notFound()
  answer(exchange.response, 204, {})
}

function autoCreated(context: ServerContext, path: string, contentType: string): StreamLog {
  if (!context.autoCreate) throw notFound()
  return create(context, path, contentType)
}

function create(context: ServerContext, path: string, contentType: string): StreamLog {
  const log = context.registry.create(path, contentType)
  if (log === null) throw new Refusal(507, 'too_many_streams', 'This server holds no more streams.')
  return log
}

function contentTypeOf(exchange: Exchange): string | null {
  const contentType = headerOf(exchange.request, 'content-type')
  if (contentType === undefined || contentType === '') return null
  if (!isContentType(contentType)) throw new Refusal(400, 'bad_content_type', 'This is not a media type.')
  return contentType
}

function wantsClose(exchange: Exchange): boolean {
  return headerOf(exchange.request, HEADERS.closed)?.toLowerCase() === 'true'
}

function tailHeaders(log: StreamLog): Record<string, string> {
  return { [HEADERS.nextOffset]: log.offsetAt(log.tail), ...closedHeader(log) }
}

function closedHeader(log: StreamLog): Record<string, string> {
  return log.state === 'closed' ? { [HEADERS.closed]: 'true' } : {}
}
