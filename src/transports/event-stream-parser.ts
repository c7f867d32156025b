/**
 * Events out of text: the parsing rules of an event stream (WHATWG HTML, section 9.2.6).
 *
 * @module
 */
import { exceeded, exceedsBytes } from './text-decoding.ts'

/**
 * The longest line that is not data, in UTF-16 units: an id, a comment, a name without end. An id goes into a header, where 16 KiB is
 * the most that Node takes.
 */
const LONGEST_LINE = 65_536

/** What a parser is made with. The callbacks are called while it is fed. */
export interface EventStreamParserOptions {
  /** The longest data of one event, in bytes of UTF-8. */
  readonly maxBytes: number
  /** One event, its data lines joined with LF, and its name when it has one. */
  readonly onEvent: (data: string, event: string | undefined) => void
  /** The last id changed. It comes before the event that it stands in, and without one when that has no data. */
  readonly onId: (id: string) => void
  /** The server's reconnection time, in milliseconds; `Infinity` for more digits than a number holds. */
  readonly onRetry: (milliseconds: number) => void
}

/** Parses one stream. */
export interface EventStreamParser {
  /**
   * Takes the next piece of the decoded stream, cut anywhere. Throws `limit_exceeded` when an event's data or a line is too long,
   * after the events before it; feed nothing more then. What is unfinished when the stream ends is no event, and is dropped.
   */
  feed(text: string): void
}

/** A parser at the beginning of a stream. It keeps at most one unfinished event and one unfinished line. */
export function createEventStreamParser({
  maxBytes,
  onEvent,
  onId,
  onRetry,
}: EventStreamParserOptions): EventStreamParser {
  // What the lines since the last blank one have set.
  let data: string | undefined
  let event = ''
  let id: string | undefined
  // The line that the last piece left open. Only added to until it is whole: that takes an engine constant time, while a look
  // into it copies all there is, and a long line in many pieces would cost the square of its length.
  let tail = ''
  let tailIsData = false
  // What is dropped where the next piece begins with it: the byte order mark of the stream, or the LF of a CRLF that was cut.
  let dropped = '\ufeff'

  const dispatch = (): void => {
    const whole = data
    const name = event
    data = undefined
    event = ''
    if (id !== undefined) {
      onId(id)
      id = undefined
    }
    if (whole === undefined) return
    if (exceedsBytes(whole, maxBytes)) refuse(maxBytes)
    onEvent(whole, name || undefined)
  }

  const takeLine = (text: string, start: number, end: number): void => {
    if (start === end) {
      dispatch()
      return
    }
    const line = fieldValue('data', text, start, end)
    if (line !== undefined) {
      data = data === undefined ? line : `${data}\n${line}`
      return
    }
    if (end - start > LONGEST_LINE) refuse(LONGEST_LINE)
    const initial = text[start]
    if (initial === 'e') event = fieldValue('event', text, start, end) ?? event
    else if (initial === 'i') {
      const value = fieldValue('id', text, start, end)
      if (!value?.includes('\0')) id = value ?? id
    } else if (initial === 'r') {
      const value = fieldValue('retry', text, start, end) ?? ''
      if (/^\d+$/.test(value)) onRetry(Number(value))
    }
  }

  return {
    feed(text) {
      let start = text[0] === dropped ? 1 : 0
      if (text !== '') dropped = ''
      let lineFeed = -1
      let carriageReturn = -1
      while (start < text.length) {
        // The blank line after a line of data: most events are over without another search.
        if (tail === '' && text[start] === '\n') {
          dispatch()
          start++
          continue
        }
        // Each is looked for once and not again before it is reached. -1, for nowhere, becomes the largest number.
        if (lineFeed < start) lineFeed = text.indexOf('\n', start) >>> 0
        if (carriageReturn < start) carriageReturn = text.indexOf('\r', start) >>> 0
        const end = Math.min(lineFeed, carriageReturn)
        if (end > text.length) {
          const rest = text.slice(start)
          if (tail.length < 5) tailIsData = (tail + rest).startsWith('data:')
          tail += rest
          break
        }
        if (tail === '') takeLine(text, start, end)
        else {
          tail += text.slice(start, end)
          takeLine(tail, 0, tail.length)
          tail = ''
        }
        start = end + 1
        if (end === carriageReturn) {
          if (start === text.length) dropped = '\n'
          else if (start === lineFeed) start++
        }
      }
      // The name, the colon and the space are not data.
      if ((data ?? '').length + (tailIsData ? tail.length - 6 : 0) > maxBytes) refuse(maxBytes)
      if (!tailIsData && tail.length > LONGEST_LINE) refuse(LONGEST_LINE)
    },
  }
}

function refuse(limit: number): never {
  throw exceeded('An event or a line', limit)
}

/** The value of a line, if its field has this name. A line without a colon is a field without a value. */
function fieldValue(name: string, text: string, start: number, end: number): string | undefined {
  let colon = start
  // Faster than `startsWith`, which is a call.
  for (; colon < start + name.length; colon++) {
    if (text.charCodeAt(colon) !== name.charCodeAt(colon - start)) return undefined
  }
  if (colon < end && text[colon] !== ':') return undefined
  return text.slice(colon + (text[colon + 1] === ' ' ? 2 : 1), end)
}
