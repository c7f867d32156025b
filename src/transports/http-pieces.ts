/**
 * Text and bytes in the pieces in which they arrive, or in smaller ones.
 *
 * @module
 */
import type { StreamReader } from './http-link.ts'
import { createTextDecoding, invalidUtf8 } from './text-decoding.ts'

/** Bytes as they come, in pieces of at most `size`. */
export function createBytesReader(size = Number.POSITIVE_INFINITY): StreamReader {
  return {
    feed(chunk, emit) {
      for (let start = 0; start < chunk.length; start += size) {
        emit({ data: start === 0 && chunk.length <= size ? chunk : chunk.subarray(start, start + size) })
      }
    },
  }
}

/** Text as it comes, in pieces of at most `size` bytes of UTF-8, never with half a character. Throws `invalid_utf8`. */
export function createTextReader(size = Number.POSITIVE_INFINITY): StreamReader {
  const decoding = createTextDecoding()
  let first = true
  return {
    feed(chunk, emit) {
      // Up to three bytes of the last piece may come on top, so that a piece starts out that much shorter.
      const step = size === Number.POSITIVE_INFINITY ? chunk.length : Math.max(size - 3, 1)
      for (let start = 0; start < chunk.length; start += step) {
        let text = decoding.decode(chunk.subarray(start, start + step))
        if (first && text !== '') {
          first = false
          if (text.charCodeAt(0) === 0xfeff) text = text.slice(1)
        }
        if (text !== '') emit({ data: text })
        if (decoding.broken) throw invalidUtf8()
      }
    },
    end() {
      if (decoding.incomplete) throw invalidUtf8()
    },
  }
}
