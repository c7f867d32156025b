/**
 * UTF-8 as it arrives: a character may be cut anywhere, and a bad byte must not take the good ones before it along.
 *
 * @module
 */
import { asciiText } from '#http'
import { TransportError } from '../errors.ts'

/** Decodes one stream. */
export interface TextDecoding {
  /**
   * The text that this chunk completes, without the bytes of a character that is not over yet.
   * After a bad byte it is the text before it, and {@link TextDecoding.broken} says so for good.
   */
  decode(chunk: Uint8Array): string
  /** A byte came that cannot be UTF-8. */
  readonly broken: boolean
  /** The stream stopped, if it stopped here, in the middle of a character. */
  readonly incomplete: boolean
}

/**
 * A strict decoder. Kept apart from `TextDecoder`'s own streaming, because that loses its place when it throws. One decoder serves
 * all streams, as it holds no state. In Node ASCII chunks take a shorter way: 9 µs instead of 78 for 64 KiB on Node 20.
 * A byte order mark is passed on.
 */
export function createTextDecoding(): TextDecoding {
  return new StrictDecoding()
}

/** A class, because there is one per connection: a literal with accessors weighs 0.5 kB more. */
class StrictDecoding implements TextDecoding {
  #carry: Uint8Array | undefined
  #broken = false

  get broken(): boolean {
    return this.#broken
  }

  get incomplete(): boolean {
    return this.#carry !== undefined
  }

  decode(chunk: Uint8Array): string {
    if (this.#broken || chunk.length === 0) return ''
    if (this.#carry === undefined) {
      const text = asciiText?.(chunk)
      if (text !== undefined) return text
    }
    const bytes = this.#carry === undefined ? chunk : joined(this.#carry, chunk)
    const open = unfinished(bytes)
    // A copy, never a view: three bytes must not keep a 64 KiB chunk alive. (A Buffer's own slice is a view.)
    this.#carry = open === 0 ? undefined : new Uint8Array(bytes.subarray(bytes.length - open))
    const whole = open === 0 ? bytes : bytes.subarray(0, bytes.length - open)
    try {
      return strict.decode(whole)
    } catch {
      this.#broken = true
      this.#carry = undefined
      return validText(whole)
    }
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Whether the text is longer than so many bytes of UTF-8; exact, and free for all but the long ones. */
export function exceedsBytes(text: string, bytes: number): boolean {
  if (text.length > bytes) return true
  // One UTF-16 unit is at most three bytes.
  return text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}

/** How many bytes at the end begin a character without finishing it: 0 to 3. Whether they are any good shows when it is over. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes.at(-back) ?? 0
    if (byte < 0x80) return 0
    // A lead byte: finished when as many bytes follow as it promises.
    if (byte >= 0xc0) return back < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) ? back : 0
  }
  return 0
}

/**
 * The text before the first bad byte. Only called when something is wrong: the bytes are mended, each bad one becoming U+FFFD, and
 * what is still the same afterwards was good. Half a character at its end is left out by `stream`.
 */
function validText(bytes: Uint8Array): string {
  const mended = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
  const bad = bytes.findIndex((byte, index) => byte !== mended[index])
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, bad), { stream: true })
}

/** Bytes came that cannot be UTF-8. */
export function invalidUtf8(): TransportError {
  return new TransportError('invalid_utf8', 'The stream holds bytes that are not UTF-8.')
}

/** A message came that is longer than it may be. */
export function exceeded(what: string, bytes: number): TransportError {
  return new TransportError('limit_exceeded', `${what} is longer than ${bytes} bytes.`)
}
