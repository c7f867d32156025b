/**
 * Frames of RFC 6455 section 5.2, as a server sends them: text, whole, not masked, not compressed.
 *
 * @module
 */

/** FIN, and opcode 1: text. */
const WHOLE_TEXT = 0x81

const TWO_MORE_BYTES = 126
const EIGHT_MORE_BYTES = 127

/**
 * A text frame with its header. `ws` makes a header for each socket it sends to, and hands the socket two pieces; one piece that
 * all sockets share saves a sixth of what a broadcast costs.
 */
export function textFrame(text: string): Buffer {
  const size = Buffer.byteLength(text)
  const header = headerSize(size)
  const frame = Buffer.allocUnsafe(header + size)
  frame[0] = WHOLE_TEXT
  if (header === 2) frame[1] = size
  else if (header === 4) {
    frame[1] = TWO_MORE_BYTES
    frame.writeUInt16BE(size, 2)
  } else {
    frame[1] = EIGHT_MORE_BYTES
    frame.writeBigUInt64BE(BigInt(size), 2)
  }
  frame.write(text, header)
  return frame
}

function headerSize(size: number): number {
  if (size < TWO_MORE_BYTES) return 2
  return size < 65_536 ? 4 : 10
}
