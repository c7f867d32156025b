/**
 * Lines of text, as they arrive.
 *
 * @module
 */
import type { TransportError } from '../errors.ts'
import type { StreamReader } from './http-link.ts'
import { createTextDecoding, exceeded, exceedsBytes, invalidUtf8 } from './text-decoding.ts'

const CR = 13

/** How to treat lines. */
export interface LineOptions {
  /** Leave out lines of nothing but spaces and tabs, as NDJSON allows them. */
  readonly skipBlank: boolean
  /** The longest line, in bytes. */
  readonly maxBytes: number
}

/**
 * One message per line, without its LF or CRLF; a byte order mark at the start is dropped. The last line needs no terminator.
 * Throws `limit_exceeded` and `invalid_utf8`, after the lines before it.
 */
export function createLineReader({ skipBlank, maxBytes }: LineOptions): StreamReader {
  const decoding = createTextDecoding()
  // Pieces, joined once: adding to one string would copy it for each chunk of a long line.
  let pieces: string[] = []
  let length = 0
  let first = true
  const checked = (line: string): string => {
    if (exceedsBytes(line, maxBytes)) throw tooLong()
    return line
  }
  const tooLong = (): TransportError => exceeded('A line', maxBytes)

  return {
    feed(chunk, emit) {
      let text = decoding.decode(chunk)
      if (first && text !== '') {
        first = false
        if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
      }
      let start = 0
      let end = text.indexOf('\n')
      if (end !== -1 && length > 0) {
        pieces.push(text.slice(0, end))
        const line = withoutReturn(pieces.join(''))
        pieces = []
        length = 0
        if (!skipBlank || line.trim() !== '') emit({ data: checked(line) })
        start = end + 1
        end = text.indexOf('\n', start)
      }
      while (end !== -1) {
        const stop = text.charCodeAt(end - 1) === CR && end > start ? end - 1 : end
        const line = text.slice(start, stop)
        // A line that begins with something visible is the common case; only the others are looked at.
        if (!skipBlank || line.charCodeAt(0) > 32 || line.trim() !== '') emit({ data: checked(line) })
        start = end + 1
        end = text.indexOf('\n', start)
      }
      if (start < text.length) {
        pieces.push(text.slice(start))
        length += text.length - start
      }
      if (decoding.broken) throw invalidUtf8()
      if (length > maxBytes) throw tooLong()
    },
    end(emit) {
      if (decoding.incomplete) throw invalidUtf8()
      const line = withoutReturn(pieces.join(''))
      if (length > 0 && (!skipBlank || line.trim() !== '')) emit({ data: checked(line) })
    },
  }
}

function withoutReturn(line: string): string {
  return line.charCodeAt(line.length - 1) === CR ? line.slice(0, -1) : line
}
