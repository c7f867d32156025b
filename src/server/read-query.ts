/**
 * The query of a read, checked before anything of it is used.
 *
 * @module
 */

import { z } from 'zod'
import type { LiveMode } from '../wire/names.ts'
import { isOffset, isStart } from '../wire/offset.ts'
import { type Exchange, headerOf } from './exchange.ts'
import { Refusal } from './problem.ts'

/** What a read asks for. */
export interface ReadQuery {
  /** An offset, `-1` or `now`; `null` when none was given, which only a read that ends at once allows. */
  readonly start: string | null
  /** How the read is to stay open; `null` when it is not. */
  readonly live: LiveMode | null
  /** The cursor the client was given last. */
  readonly cursor: string | null
  /** The wished heartbeat in seconds, as it was written: a wish that makes no sense is not refused. */
  readonly heartbeat: string | null
  /** A reset is to come as an event, for the native `EventSource`. */
  readonly errorsAsEvents: boolean
}

const SENTENCES = {
  offset: ['bad_offset', 'An offset is one this server has given, or -1, or now.'],
  live: ['bad_live_mode', 'The live modes are long-poll, sse and ndjson.'],
  cursor: ['bad_cursor', 'The cursor is not one this server has given.'],
} as const

/** Unknown parameters are ignored: the base protocol demands it. */
const schema = z.object({
  // Two are refused: caches and servers would not agree which one counts.
  offset: z.array(z.string().refine(isStart)).max(1),
  live: z.enum(['long-poll', 'sse', 'ndjson']).nullable(),
  cursor: z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .nullable(),
})

/** @throws Refusal 400 for what makes no sense. */
export function readQuery(exchange: Exchange): ReadQuery {
  const { query } = exchange
  const parsed = schema.safeParse({
    offset: query.getAll('offset'),
    live: query.get('live'),
    cursor: query.get('cursor'),
  })
  if (!parsed.success) throw refusalFor(parsed.error.issues[0]?.path[0])
  const { offset, live, cursor } = parsed.data
  const start = offset[0] ?? null
  if (live !== null && start === null) throw new Refusal(400, 'offset_required', 'A live read needs an offset.')
  return {
    start: live === 'sse' ? remembered(exchange, start) : start,
    live,
    cursor,
    heartbeat: query.get('heartbeat'),
    errorsAsEvents: query.get('errors') === 'event',
  }
}

/** What a start with bad syntax is answered with. */
export function badOffset(): Refusal {
  return refusalFor('offset')
}

/**
 * A native `EventSource` cannot change its URL when it reconnects, so what it remembers wins over the offset there.
 * Something else in that header is refused: read as "from the start" it would deliver everything twice.
 */
function remembered(exchange: Exchange, start: string | null): string | null {
  const id = headerOf(exchange.request, 'last-event-id')
  if (id === undefined || id === '') return start
  if (!isOffset(id)) throw badOffset()
  return id
}

function refusalFor(field: unknown): Refusal {
  const [code, sentence] = SENTENCES[field === 'live' || field === 'cursor' ? field : 'offset']
  return new Refusal(400, code, sentence)
}
