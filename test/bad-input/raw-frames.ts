/**
 * WebSocket frames by hand (RFC 6455 section 5.2), right ones and wrong ones.
 *
 * @module
 */

import { randomBytes } from 'node:crypto'

export const CONTINUATION = 0x0
export const TEXT = 0x1
export const BINARY = 0x2
export const CLOSE = 0x8
export const PING = 0x9
export const PONG = 0xa

/** A frame as a client may, or may not, send it. */
export interface RawFrame {
  readonly opcode: number
  readonly payload?: string | Uint8Array | undefined
  /** Default `true`. */
  readonly fin?: boolean | undefined
  /** The three reserved bits: 4 is RSV1. Default 0. */
  readonly reserved?: number | undefined
  /** Default `true`, as it has to be from a client. */
  readonly masked?: boolean | undefined
  /** The length in the header, in the 8-byte form, whatever the payload is. */
  readonly announced?: bigint | undefined
}

/** The bytes of a frame. */
export function frameBytes({ opcode, payload = '', fin, reserved = 0, masked = true, announced }: RawFrame): Buffer {
  const body = Buffer.from(typeof payload === 'string' ? Buffer.from(payload) : payload)
  const mask = randomBytes(4)
  if (masked) for (const [at, byte] of body.entries()) body[at] = byte ^ mask.readUInt8(at % 4)
  const first = ((fin ?? true) ? 0x80 : 0) | (reserved << 4) | opcode
  const length = lengthBytes(announced ?? body.length)
  length[0] = length.readUInt8(0) | (masked ? 0x80 : 0)
  return Buffer.concat([Buffer.from([first]), length, masked ? mask : Buffer.alloc(0), body])
}

/** The length field in its shortest form, which is the one RFC 6455 allows; a `bigint` takes the 8-byte form. */
function lengthBytes(length: number | bigint): Buffer {
  if (typeof length === 'number' && length < 126) return Buffer.from([length])
  const long = typeof length === 'bigint' || length > 0xffff
  const bytes = Buffer.alloc(long ? 9 : 3)
  bytes[0] = long ? 127 : 126
  if (long) bytes.writeBigUInt64BE(BigInt(length), 1)
  else bytes.writeUInt16BE(Number(length), 1)
  return bytes
}

/** A frame of the server: never masked, never in pieces. */
export interface ServerFrameBytes {
  readonly opcode: number
  readonly payload: Buffer
}

/** The frames that are whole, and the bytes after them. */
export function framesIn(bytes: Buffer): { readonly frames: ServerFrameBytes[]; readonly rest: Buffer } {
  const frames: ServerFrameBytes[] = []
  let rest = bytes
  for (;;) {
    const size = sizesOf(rest)
    if (size === null || rest.length < size.head + size.payload) return { frames, rest }
    const end = size.head + size.payload
    frames.push({ opcode: rest.readUInt8(0) & 0x0f, payload: rest.subarray(size.head, end) })
    rest = rest.subarray(end)
  }
}

function sizesOf(bytes: Buffer): { readonly head: number; readonly payload: number } | null {
  if (bytes.length < 2) return null
  const short = bytes.readUInt8(1)
  if (short < 126) return { head: 2, payload: short }
  if (short === 126) return bytes.length < 4 ? null : { head: 4, payload: bytes.readUInt16BE(2) }
  return bytes.length < 10 ? null : { head: 10, payload: Number(bytes.readBigUInt64BE(2)) }
}
