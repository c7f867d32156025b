/**
 * `PUT`, `POST` and `DELETE`.
 *
 * @module
 */

import { HEADERS, STREAM_MOUNT } from '../wire/names.ts'
import { closedHeader, refusalOf, tailHeaders } from './append-refusal.ts'
import { DEFAULT_CONTENT_TYPE, essenceOf, kindOf } from './content-type.ts'
import type { ServerContext } from './context.ts'
import { answer, type Exchange } from './exchange.ts'
import { factsOf } from './facts.ts'
import { permit } from './permission.ts'
import { notFound, Refusal } from './problem.ts'
import { readBody } from './read-body.ts'
import { recordBodies } from './record-bodies.ts'
import type { AppendOutcome, AppendRequest, CreateOutcome, ProducerTuple, RecordBody } from './stores/store.ts'
import { type AppendHeaders, appendHeaders, createHeaders } from './write-headers.ts'
import { appendOrCreate, create, fingerprintOf, spend, type WriteSpending } from './writing.ts'

/** Creates a stream, or confirms that it is there as asked for. */
export async function put(context: ServerContext, exchange: Exchange): Promise<void> {
  const { request, path, visitor } = exchange
  const { contentType, ttlMs, expiresAt, close } = createHeaders(request, context.clock.now())
  await permit(context, exchange, 'create')
  const body = await readBody(request, context)
  if (body === null) return
  const type = contentType ?? DEFAULT_CONTENT_TYPE
  pay(context, exchange, 'bytesIn', body.length)
  const records = body.length === 0 ? [] : recordBodies(kindOf(type), body, true, context.limits)
  if ((await context.store.head(path)) === null) pay(context, exchange, 'creates', 1)
  const owner = visitor.principal?.id ?? null
  const outcome = await create(context, path, { contentType: type, ttlMs, expiresAt, owner, records, closed: close })
  answerCreate(context, exchange, outcome)
}

function answerCreate(context: ServerContext, exchange: Exchange, outcome: CreateOutcome): void {
  if (outcome.kind === 'quota') throw noRoom(outcome.of)
  const { head } = outcome
  if (outcome.kind === 'conflict')
    throw new Refusal(409, 'exists', 'There is a stream by this name with another configuration.', closedHeader(head))
  const headers = { 'Content-Type': head.config.contentType, ...tailHeaders(context.positions, head) }
  if (outcome.kind === 'exists') answer(exchange.response, 200, headers)
  else answer(exchange.response, 201, { ...headers, Location: locationOf(context, exchange) })
}

/** Absolute, as the base protocol wants it; as the client wrote the host, or a trusted proxy says that it did. */
function locationOf({ gate }: ServerContext, { request, path }: Exchange): string {
  const origin = gate.addressedOrigin(factsOf(request, 'http'))
  return `${origin ?? ''}${STREAM_MOUNT}${path}`
}

function noRoom(of: 'streams' | 'owner' | 'bytes'): Refusal {
  if (of === 'owner') return new Refusal(429, 'too_many_streams', 'You hold too many streams.', { 'Retry-After': '60' })
  if (of === 'streams') return new Refusal(507, 'too_many_streams', 'This server holds no more streams.')
  return new Refusal(507, 'store_full', 'There is no room for more records.')
}

/** Appends to a stream. */
export async function post(context: ServerContext, exchange: Exchange): Promise<void> {
  const { request, path, visitor } = exchange
  const headers = appendHeaders(request)
  if (headers.close) await permit(context, exchange, 'close')
  pay(context, exchange, 'publishes', 1)
  const known = await context.store.head(path)
  if (known === null && !context.autoCreate) throw notFound()
  const body = await readBody(request, context)
  if (body === null) return
  if (body.length > 0 || !headers.close) await permit(context, exchange, 'append')
  pay(context, exchange, 'bytesIn', body.length)
  const records = recordsOf(context, headers, body)
  const { producer, streamSeq, idempotencyKey, close } = headers
  const wish: AppendRequest = {
    records,
    essence: body.length === 0 ? null : essenceOf(headers.contentType ?? DEFAULT_CONTENT_TYPE),
    producer,
    principal: visitor.principal?.id ?? null,
    streamSeq,
    idempotencyKey,
    fingerprint: producer === null && idempotencyKey === null ? null : fingerprintOf(records),
    close,
  }
  // The stream may have been created or deleted while the body was on its way: only the append itself knows.
  const outcome = await appendOrCreate(context, path, wish, async () => {
    if (!context.autoCreate || records.length === 0) throw notFound()
    await autoCreate(context, exchange, headers.contentType)
  })
  answerAppend(context, exchange, outcome, { producer, empty: records.length === 0 })
}

function recordsOf(context: ServerContext, { contentType, close }: AppendHeaders, body: Buffer): readonly RecordBody[] {
  if (body.length === 0 && !close) throw new Refusal(400, 'empty_append', 'An empty body appends nothing.')
  if (body.length === 0) return []
  if (contentType === null) throw new Refusal(400, 'content_type_required', 'An append needs a content type.')
  return recordBodies(kindOf(contentType), body, false, context.limits)
}

async function autoCreate(context: ServerContext, exchange: Exchange, contentType: string | null): Promise<void> {
  await permit(context, exchange, 'create')
  pay(context, exchange, 'creates', 1)
  const owner = exchange.visitor.principal?.id ?? null
  const outcome = await create(context, exchange.path, { contentType: contentType ?? DEFAULT_CONTENT_TYPE, owner })
  if (outcome.kind === 'quota') throw noRoom(outcome.of)
}

function answerAppend(
  { positions }: ServerContext,
  exchange: Exchange,
  outcome: AppendOutcome,
  { producer, empty }: { readonly producer: ProducerTuple | null; readonly empty: boolean },
): void {
  if (outcome.kind !== 'appended' && outcome.kind !== 'duplicate') throw refusalOf(positions, outcome, producer)
  const echo: Record<string, string> = {}
  if (producer !== null) {
    echo[HEADERS.producerEpoch] = String(producer.epoch)
    echo[HEADERS.producerSeq] = String(outcome.kind === 'duplicate' ? outcome.seq : producer.seq)
    if (outcome.kind === 'duplicate' && outcome.differs) echo[HEADERS.producerConflict] = 'true'
  }
  // 200 says that these records are new; nothing new was said by an end alone.
  const isNew = producer !== null && outcome.kind === 'appended' && !empty
  answer(
    exchange.response,
    isNew ? 200 : 204,
    { ...tailHeaders(positions, outcome.head), ...echo },
    isNew ? '' : undefined,
  )
}

/** Deletes a stream. Its open reads end. */
export async function remove(context: ServerContext, exchange: Exchange): Promise<void> {
  if (!(await context.store.delete(exchange.path))) throw notFound()
  answer(exchange.response, 204, {})
}

function pay(context: ServerContext, { visitor }: Exchange, what: WriteSpending, amount: number): void {
  const wait = spend(context, visitor, what, amount)
  if (wait === 0) return
  throw new Refusal(429, 'rate_limited', 'Too much at once: come back later.', {
    'Retry-After': String(Math.ceil(wait / 1000)),
  })
}
