/**
 * JSON text sequences (RFC 7464): each text begins with a record separator and ends with a line feed.
 *
 * @module
 */
import { isJson } from '../codecs/json-text.ts'
import { TransportError } from '../errors.ts'
import type { Emit, StreamReader } from './http-link.ts'
import { createTextDecoding, exceeded, exceedsBytes, invalidUtf8 } from './text-decoding.ts'

const SEPARATOR = '\x1e'

/**
 * One message per JSON text, still as text. A text counts as complete with the line feed at its end, and as cut short when the next
 * separator or the end comes without one (section 2.4): `bad_frame`, and `interrupted` at the end of the bytes.
 */
export function createJsonSequenceReader(maxBytes: number): StreamReader {
  const decoding = createTextDecoding()
  let pieces: string[] = []
  let length = 0
  let inside = false

  const add = (piece: string): void => {
    if (piece === '') return
    if (!inside) {
      // A byte order mark and white space before the first separator hurt nobody; anything else is another format.
      if (/^\ufeff?\s*$/.test(piece)) return
      throw new TransportError(
        'bad_frame',
        'The stream does not begin with a record separator, so it is no JSON text sequence.',
      )
    }
    pieces.push(piece)
    length += piece.length
  }
  const tooLong = (): TransportError => exceeded('A JSON text', maxBytes)
  const take = (emit: Emit): void => {
    const text = pieces.join('')
    pieces = []
    length = 0
    if (exceedsBytes(text, maxBytes)) throw tooLong()
    // Separators in a row are allowed (section 2.1) and hold nothing.
    if (text.trim() !== '') emit({ data: text.trim() })
  }
  const endsLine = (): boolean => pieces.at(-1)?.endsWith('\n') ?? true

  return {
    feed(chunk, emit) {
      const texts = decoding.decode(chunk).split(SEPARATOR)
      for (const [index, text] of texts.entries()) {
        if (index > 0) {
          if (!endsLine()) throw new TransportError('bad_frame', 'A JSON text was cut short before the next one began.')
          take(emit)
          inside = true
        }
        add(text)
      }
      // A line feed may also stand inside a text. At the end of what is here only JSON itself can tell, and waiting for the next
      // separator would hold back every message of a live stream until the one after it.
      if (inside && length > 0 && endsLine() && isWhole(pieces)) take(emit)
      if (decoding.broken) throw invalidUtf8()
      if (length > maxBytes) throw tooLong()
    },
    end(emit) {
      if (!endsLine() || decoding.incomplete)
        throw new TransportError('interrupted', 'The last JSON text was cut short.')
      take(emit)
    },
  }
}

function isWhole(pieces: string[]): boolean {
  // Joined for good, so that a long text is not joined again for each line feed in it.
  const text = pieces.join('')
  pieces.splice(0, pieces.length, text)
  return isJson(text)
}
