/**
 * Durable records over SSE: `data` events that count only when the `control` event behind them has arrived (wire.md 2.4).
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { SSE_CONTROL, SSE_DATA } from '../wire/names.ts'
import { badFrame, bytesOf, goesOn, parseObject, positionOf } from './durable-control.ts'
import { checkReached } from './durable-gap.ts'
import type { Translator } from './durable-link.ts'
import type { Tracker } from './durable-position.ts'

/** What a `data` event holds: an array of JSON values, one text, or one base64 text. */
export type EventContent = 'json' | 'text' | 'base64'

/** Kept at most between two control events, in UTF-16 units: a server that never confirms must not fill the memory. */
const UNCONFIRMED_LIMIT = 4 * 1024 * 1024

export function eventTranslator(tracker: Tracker, content: EventContent, recordLimit: number): Translator {
  let unconfirmed: string[] = []
  let size = 0
  let recognised = false
  const limit = Math.max(UNCONFIRMED_LIMIT, recordLimit)

  const hold = (data: unknown): void => {
    if (typeof data !== 'string') throw badFrame('a data event')
    unconfirmed.push(data)
    size += data.length
    if (size > limit)
      throw new TransportError('limit_exceeded', `The server sent more than ${limit} characters without a position.`)
  }

  /** Events of other names are for later versions of the protocol, but not before one of ours has come. */
  const recognise = (event: string | undefined): boolean => {
    recognised ||= event === SSE_DATA
    if (recognised) return true
    throw new TransportError(
      'not_a_stream_server',
      'The event stream holds no records: its first event is of another kind.',
    )
  }

  return {
    take(item, emit) {
      // The id moves with the control event, which says it again.
      if (item.data === undefined) return true
      if (item.event === SSE_DATA) hold(item.data)
      if (item.event !== SSE_CONTROL) return recognise(item.event)
      recognised = true
      const control = parseObject(item.data, 'a control event')
      const next = positionOf(control)
      const records = unconfirmed.flatMap((data) => recordsOf(data, content))
      unconfirmed = []
      size = 0
      if (records.length > 0) tracker.records(records, next, emit)
      else tracker.commit(next, emit)
      checkReached(tracker, control.upToDate === true)
      return goesOn(control)
    },
    cutShort: () => new TransportError('interrupted', 'The stream stopped before its end.'),
    explain: (failure) => failure,
  }
}

function recordsOf(data: string, content: EventContent): readonly unknown[] {
  if (content === 'text') return [data]
  if (content === 'base64') return [bytesOf(data)]
  let records: unknown
  try {
    records = JSON.parse(data)
  } catch {
    records = undefined
  }
  if (Array.isArray(records)) return records
  throw new TransportError('bad_frame', 'The records are not JSON. For a text stream, set records: "text".')
}
