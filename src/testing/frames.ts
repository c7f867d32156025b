/**
 * Bytes of the wire, as a server may send them: well formed or not.
 *
 * @module
 */

/** One thing to send. A string is a message of text; bytes go as they are (a binary message on a WebSocket). */
export type Item = string | Uint8Array | ServerSentEvent

/** The fields of one server-sent event (WHATWG HTML section 9.2.6). On other protocols only `data` counts. */
export interface ServerSentEvent {
  readonly data?: string | undefined
  readonly event?: string | undefined
  readonly id?: string | undefined
  readonly retry?: number | string | undefined
  readonly comment?: string | undefined
}

const encoder = new TextEncoder()

export function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? encoder.encode(value) : value
}

/** An event in the text of an event stream, with the blank line that dispatches it. */
export function eventText({ comment, data, event, id, retry }: ServerSentEvent): string {
  const lines = Object.entries({ '': comment, event, id, retry: retry?.toString() }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  )
  const payload = data === undefined ? [] : data.split('\n').map((line) => `data: ${line}`)
  return `${[...lines, ...payload].join('\n')}\n\n`
}

/** What to put into a WebSocket frame. Everything may be wrong: nothing here is checked. */
export interface FrameParts {
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong (RFC 6455 section 5.2). Default 1. */
  readonly opcode?: number | undefined
  readonly payload?: string | Uint8Array | undefined
  /** Default `true`. */
  readonly fin?: boolean | undefined
  /** The three reserved bits, 0 to 7. Default 0. */
  readonly reserved?: number | undefined
  /** A server must not mask; `true` sets the bit and a key of zeros. Default `false`. */
  readonly masked?: boolean | undefined
  /** The length the head claims. Default: that of the payload. */
  readonly length?: number | undefined
}

/**
 * One WebSocket frame in bytes, for `raw()`.
 *
 * @example
 * await exchange.raw(webSocketFrame({ opcode: 3, payload: 'a reserved opcode' }))
 */
export function webSocketFrame(parts: FrameParts = {}): Uint8Array {
  const { fin = true, masked = false, opcode = 1, reserved = 0 } = parts
  const payload = bytesOf(parts.payload ?? '')
  const length = parts.length ?? payload.length
  const first = (fin ? 0x80 : 0) | ((reserved & 7) << 4) | (opcode & 15)
  const mask = masked ? 0x80 : 0
  const key = masked ? [0, 0, 0, 0] : []
  return Uint8Array.from([first, ...lengthBytes(length, mask), ...key, ...payload])
}

/** RFC 6455 section 5.2: 7 bits, or 126 and 16 bits, or 127 and 64 bits. */
function lengthBytes(length: number, mask: number): number[] {
  if (length < 126) return [mask | length]
  const extended = new DataView(new ArrayBuffer(8))
  extended.setBigUint64(0, BigInt(length))
  const bytes = [...new Uint8Array(extended.buffer)]
  return length < 65_536 ? [mask | 126, ...bytes.slice(6)] : [mask | 127, ...bytes]
}
