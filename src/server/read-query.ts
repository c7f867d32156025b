/**
 * The query of a read, checked before anything of it is used.
 *
 * @module
 */

import { z } from 'zod'
import type { LiveMode } from '../wire/names.ts'
import { FROM_NOW, FROM_START } from '../wire/offset.ts'
import { type Exchange, headerOf } from './exchange.ts'
import type { Positions } from './positions.ts'
import { Refusal } from './problem.ts'

/** What a read asks for. */
export interface ReadQuery {
  /** A plain offset, however it was shown, `-1` or `now`; `null` when none was given, which only a read that ends at once allows. */
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
  offset: z.array(z.string()).max(1),
  live: z.enum(['long-poll', 'sse', 'ndjson']).nullable(),
  cursor: z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .nullable(),
})

/** @throws Refusal 400 for what makes no sense. */
export function readQuery(exchange: Exchange, positions: Positions): ReadQuery {
  const { query } = exchange
  const parsed = schema.safeParse({
    offset: query.getAll('offset'),
    live: query.get('live'),
    cursor: query.get('cursor'),
  })
  if (!parsed.success) throw refusalFor(parsed.error.issues[0]?.path[0])
  const { offset, live, cursor } = parsed.data
  const start = offset[0] === undefined ? null : opened(positions, exchange.path, offset[0])
  if (live !== null && start === null) throw new Refusal(400, 'offset_required', 'A live read needs an offset.')
  return {
    start: live === 'sse' ? remembered(positions, exchange, start) : start,
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
function remembered(positions: Positions, exchange: Exchange, start: string | null): string | null {
  const id = headerOf(exchange.request, 'last-event-id')
  if (id === undefined || id === '') return start
  return openedOffset(positions, exchange.path, id)
}

function opened(positions: Positions, path: string, start: string): string {
  return start === FROM_START || start === FROM_NOW ? start : openedOffset(positions, path, start)
}

function openedOffset(positions: Positions, path: string, text: string): string {
  const offset = positions.open(path, text)
  if (offset === null) throw badOffset()
  return offset
}

function refusalFor(field: unknown): Refusal {
  const [code, sentence] = SENTENCES[field === 'live' || field === 'cursor' ? field : 'offset']
  return new Refusal(400, code, sentence)
}
