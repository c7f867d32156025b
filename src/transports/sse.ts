/**
 * Server-Sent Events, by GET or POST, with any headers and body (WHATWG HTML, section 9.2).
 *
 * @module
 */

import { believedPause } from '../errors.ts'
import type { Dial, DialRequest } from '../link.ts'
import { createEventStreamParser } from './event-stream-parser.ts'
import { mediaType, refusal } from './http-answer.ts'
import { exchange, sessionOf, underDial } from './http-dial.ts'
import { type Emit, httpLink, type StreamReader } from './http-link.ts'
import { checkOption } from './option-checks.ts'
import { utf8AsLatin1 } from './positions-header.ts'
import { methodOf } from './request.ts'
import { DEFAULT_MESSAGE_BYTES, type HttpInput } from './request-input.ts'
import { createTextDecoding, invalidUtf8 } from './text-decoding.ts'

/** What an event stream can be told. */
export interface SseInput extends HttpInput {
  /** Deliver only events of these names; an event without a name is a `message`. Default: all. The others still move the position. */
  readonly events?: readonly string[] | undefined
  /** Sent as `Last-Event-ID` while the connection has no position of its own. */
  readonly lastEventId?: string | undefined
}

/**
 * Opens an event stream. Messages are `{ data: string, event, position }`, `position` being the last id.
 *
 * - 204 ends at once, without reconnecting. Any other status than 200 (for a GET) or 2xx is `http_status`.
 * - The end of the bytes is `interrupted` for a GET, and the end for a POST without `until`.
 * - `retry:` is a floor for the next attempt, at most ten minutes.
 */
export const sse: Dial<SseInput> = (input, dial) =>
  underDial(dial, async (life) => {
    const { events, lastEventId, maxMessageBytes = DEFAULT_MESSAGE_BYTES } = input
    const named = events === undefined || (Array.isArray(events) && events.every((name) => typeof name === 'string'))
    checkOption(named, 'events', 'a list of event names')
    const session = sessionOf(input, dial)
    const position = session?.resumable ? undefined : (dial.position ?? lastEventId)
    const { request, answer } = await exchange(input, {
      attempt: dial.attempt,
      signal: life.signal,
      spend: dial.spend,
      session,
      headers: { accept: 'text/event-stream', 'last-event-id': position ? utf8AsLatin1(position) : undefined },
    })
    dial.heard()
    const get = request.method === 'GET'
    const { status } = answer
    // A POST may well answer 201 with the stream of what it created.
    if (status < 200 || (get ? status > 200 && status !== 204 : status > 299)) throw refusal(request, answer)
    if (status !== 204 && mediaType(answer) !== 'text/event-stream') throw refusal(request, answer, 'text/event-stream')
    return httpLink({
      protocol: 'sse',
      request,
      answer,
      reader: createSseReader(dial.retryFloor, events, maxMessageBytes, position),
      dial,
      // Also of a stream that began with a POST and was taken up by a GET.
      endIsEnd: status === 204 || (methodOf(input) !== 'GET' && input.until === undefined),
      life,
      session,
    })
  })

/**
 * Events out of bytes. The parser pushes a whole chunk's events at once, without an array in between.
 *
 * @param start - the position the stream goes on from, for events that come before the first id
 */
function createSseReader(
  retryFloor: DialRequest['retryFloor'],
  events: readonly string[] | undefined,
  maxMessageBytes: number,
  start?: string,
): StreamReader {
  const decoding = createTextDecoding()
  let position = start
  // An id moves the position even when nothing of its event is delivered; it is then told after the chunk.
  let untold = false
  let emit: Emit = () => undefined
  const parser = createEventStreamParser({
    maxBytes: maxMessageBytes,
    onId(id) {
      position = id
      untold = true
    },
    onEvent(data, event) {
      if (events !== undefined && !events.includes(event ?? 'message')) return
      untold = false
      emit({ data, event, position })
    },
    onRetry: (milliseconds) => retryFloor(believedPause(milliseconds)),
  })
  return {
    feed(chunk, to) {
      emit = to
      parser.feed(decoding.decode(chunk))
      if (untold && position !== undefined) {
        untold = false
        emit({ position })
      }
      if (decoding.broken) throw invalidUtf8()
    },
    // Nothing at the end: an event without its blank line is not an event (section 9.2.6), and comes again after the reconnect.
  }
}
