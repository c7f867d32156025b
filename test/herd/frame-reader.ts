/**
 * Frames of a WebSocket server, read from bytes as they come (RFC 6455 section 5.2): unmasked and never fragmented, as ours are.
 *
 * @module
 */

/** A text, or the code of a close frame. */
export type ReceivedFrame =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'close'; readonly code: number }

const TEXT = 0x81
const CLOSE = 0x88
const NO_STATUS = 1005

export class FrameReader {
  #rest: Buffer = Buffer.alloc(0)

  /**
   * The frames that these bytes complete.
   *
   * @throws Error for a frame that is neither text nor close.
   */
  take(bytes: Buffer): ReceivedFrame[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const frames: ReceivedFrame[] = []
    for (let length = this.#lengthOfFirst(); length !== null; length = this.#lengthOfFirst()) {
      const start = headerBytes(this.#rest)
      frames.push(frameOf(this.#rest.readUInt8(0), this.#rest.subarray(start, start + length)))
      this.#rest = this.#rest.subarray(start + length)
    }
    return frames
  }

  /** Of its payload; `null` when it is not whole yet. */
  #lengthOfFirst(): number | null {
    const bytes = this.#rest
    if (bytes.length < 2 || bytes.length < headerBytes(bytes)) return null
    const short = bytes.readUInt8(1)
    const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
    return bytes.length >= headerBytes(bytes) + length ? length : null
  }
}

function headerBytes(frame: Buffer): number {
  const short = frame.readUInt8(1)
  return short === 126 ? 4 : short === 127 ? 10 : 2
}

function frameOf(first: number, payload: Buffer): ReceivedFrame {
  if (first === TEXT) return { kind: 'text', text: payload.toString() }
  if (first === CLOSE) return { kind: 'close', code: payload.length < 2 ? NO_STATUS : payload.readUInt16BE(0) }
  throw new Error(`A frame begins with ${first}.`)
}
