/**
 * The headers of a write, checked before anything of it is used.
 *
 * @module
 */

import { z } from 'zod'
import { HEADERS, PRODUCER_ID, PRODUCER_INTEGER } from '../wire/names.ts'
import { isContentType } from './content-type.ts'
import { headerOf, type StreamRequest } from './exchange.ts'
import { Refusal } from './problem.ts'
import type { ProducerTuple } from './stores/store.ts'

/** What the headers of an append say. */
export interface AppendHeaders {
  readonly contentType: string | null
  readonly producer: ProducerTuple | null
  readonly streamSeq: string | null
  readonly idempotencyKey: string | null
  readonly close: boolean
}

/** What the headers of a creation say. */
export interface CreateHeaders {
  readonly contentType: string | null
  readonly ttlMs: number | null
  readonly expiresAt: number | null
  readonly close: boolean
}

/** The longest time to live: a hundred years, far below where milliseconds stop being whole. */
const MAX_TTL_SECONDS = 100 * 365 * 24 * 60 * 60

const integer = z.string().regex(PRODUCER_INTEGER).transform(Number).refine(Number.isSafeInteger)

const producerSchema = z.strictObject({ id: z.string().regex(PRODUCER_ID), epoch: integer, seq: integer })

const ttlSchema = integer.refine((seconds) => seconds > 0 && seconds <= MAX_TTL_SECONDS)

/** RFC 3339 with a zone: a time without one would mean another moment on every machine. Not 30 February. */
const expiresAtSchema = z.iso.datetime({ offset: true }).max(64).transform(Date.parse)

/** Printable ASCII, as RFC 9110 allows it in a field value, and short. */
const shortText = z.string().regex(/^[ -~]{1,256}$/)

const contentTypeSchema = z.string().refine(isContentType)

/** @throws Refusal 400 for what makes no sense. */
export function appendHeaders(request: StreamRequest): AppendHeaders {
  return {
    contentType: contentTypeOf(request),
    producer: producerOf(request),
    streamSeq: checked(
      shortText,
      headerOf(request, HEADERS.streamSeq),
      'bad_stream_seq',
      'Stream-Seq is a short text.',
    ),
    idempotencyKey: checked(
      shortText,
      headerOf(request, 'idempotency-key'),
      'bad_idempotency_key',
      'An idempotency key is 1 to 256 printable characters.',
    ),
    close: wantsClose(request),
  }
}

/** @throws Refusal 400 for what makes no sense. */
export function createHeaders(request: StreamRequest, now: number): CreateHeaders {
  const ttl = headerOf(request, HEADERS.ttl)
  const expires = headerOf(request, HEADERS.expiresAt)
  if (ttl !== undefined && expires !== undefined)
    throw new Refusal(400, 'two_expiries', 'A stream has a time to live or a time to expire at, not both.')
  const seconds = checked(ttlSchema, ttl, 'bad_ttl', 'A time to live is a whole number of seconds above 0.')
  const expiresAt = checked(expiresAtSchema, expires, 'bad_expiry', 'A time to expire at is an RFC 3339 time.')
  if (expiresAt !== null && expiresAt <= now) throw new Refusal(400, 'bad_expiry', 'This time has passed.')
  return {
    contentType: contentTypeOf(request),
    ttlMs: seconds === null ? null : seconds * 1000,
    expiresAt,
    close: wantsClose(request),
  }
}

/** The key of the append, or `null` when it has none: all three headers, or none of them. */
function producerOf(request: StreamRequest): ProducerTuple | null {
  const id = headerOf(request, HEADERS.producerId)
  const epoch = headerOf(request, HEADERS.producerEpoch)
  const seq = headerOf(request, HEADERS.producerSeq)
  if (id === undefined && epoch === undefined && seq === undefined) return null
  const parsed = producerSchema.safeParse({ id, epoch, seq })
  if (parsed.success) return parsed.data
  throw new Refusal(
    400,
    'bad_producer',
    'The three producer headers come together: an id of 1 to 128 letters, digits or . _ : @ - and two whole numbers from 0 to 2^53 - 1.',
  )
}

function contentTypeOf(request: StreamRequest): string | null {
  const contentType = headerOf(request, 'content-type')
  if (contentType === undefined || contentType === '') return null
  return checked(contentTypeSchema, contentType, 'bad_content_type', 'This is not a media type.')
}

function wantsClose(request: StreamRequest): boolean {
  return headerOf(request, HEADERS.closed)?.toLowerCase() === 'true'
}

function checked<Out>(schema: z.ZodType<Out>, value: string | undefined, code: string, sentence: string): Out | null {
  if (value === undefined) return null
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new Refusal(400, code, sentence)
  return parsed.data
}
