/**
 * Lines of text, as they arrive.
 *
 * @module
 */
import type { TransportError } from '../errors.ts'
import type { Emit, StreamReader } from './http-link.ts'
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
export function createLineReader(options: LineOptions): StreamReader {
  return new LineReader(options)
}

/** A class, as closures would weigh 56 bytes each for every stream. */
class LineReader implements StreamReader {
  readonly #decoding = createTextDecoding()
  readonly #skipBlank: boolean
  readonly #maxBytes: number
  /** Joined once: adding to one string would copy it for each chunk of a long line. */
  #pieces: string[] = []
  #length = 0
  #first = true

  constructor({ skipBlank, maxBytes }: LineOptions) {
    this.#skipBlank = skipBlank
    this.#maxBytes = maxBytes
  }

  feed(chunk: Uint8Array, emit: Emit): void {
    const skipBlank = this.#skipBlank
    let text = this.#decoding.decode(chunk)
    if (this.#first && text !== '') {
      this.#first = false
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
    }
    let start = 0
    let end = text.indexOf('\n')
    if (end !== -1 && this.#length > 0) {
      this.#pieces.push(text.slice(0, end))
      const line = withoutReturn(this.#pieces.join(''))
      this.#pieces = []
      this.#length = 0
      if (!skipBlank || line.trim() !== '') emit({ data: this.#checked(line) })
      start = end + 1
      end = text.indexOf('\n', start)
    }
    while (end !== -1) {
      const stop = text.charCodeAt(end - 1) === CR && end > start ? end - 1 : end
      const line = text.slice(start, stop)
      // A line that begins with something visible is the common case; only the others are looked at.
      if (!skipBlank || line.charCodeAt(0) > 32 || line.trim() !== '') emit({ data: this.#checked(line) })
      start = end + 1
      end = text.indexOf('\n', start)
    }
    if (start < text.length) {
      this.#pieces.push(text.slice(start))
      this.#length += text.length - start
    }
    if (this.#decoding.broken) throw invalidUtf8()
    if (this.#length > this.#maxBytes) throw this.#tooLong()
  }

  end(emit: Emit): void {
    if (this.#decoding.incomplete) throw invalidUtf8()
    const line = withoutReturn(this.#pieces.join(''))
    if (this.#length > 0 && (!this.#skipBlank || line.trim() !== '')) emit({ data: this.#checked(line) })
  }

  #checked(line: string): string {
    if (exceedsBytes(line, this.#maxBytes)) throw this.#tooLong()
    return line
  }

  #tooLong(): TransportError {
    return exceeded('A line', this.#maxBytes)
  }
}

function withoutReturn(line: string): string {
  return line.charCodeAt(line.length - 1) === CR ? line.slice(0, -1) : line
}
