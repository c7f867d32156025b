/**
 * Codecs turn what the wire carries (text or bytes) into what the app wants, and back. They run between the link and the
 * listeners: a synchronous one costs a function call per message, an asynchronous one is awaited in order.
 *
 * @module
 */

/** What a transport can carry. */
export type Payload = string | Uint8Array<ArrayBuffer>

/**
 * @typeParam Decoded - what listeners get.
 * @typeParam Encodable - what `send()` takes.
 */
export interface Codec<Decoded = unknown, Encodable = Decoded> {
  /** Throwing (or rejecting) makes the message an `error` event with code `decode_failed`; the stream goes on. */
  decode(data: unknown): Decoded | Promise<Decoded>
  /** Throwing (or rejecting) rejects that `send()` with code `encode_failed`. */
  encode(value: Encodable): unknown
}

/** Text in, text out; bytes are decoded as UTF-8. Other values are refused on the way out. */
export const text: Codec<string> = {
  decode: (data) => asText(data),
  encode(value) {
    if (typeof value !== 'string') throw new TypeError('Expected a string.')
    return value
  },
}

/** JSON both ways (RFC 8259). */
export const json: Codec = {
  // JSON.parse on a string: on a Buffer it costs 16 % more, because of the implicit toString.
  decode: (data) => JSON.parse(typeof data === 'string' ? data : asText(data)),
  encode(value) {
    const encoded: unknown = JSON.stringify(value)
    if (typeof encoded !== 'string') throw new TypeError('Expected a value that JSON can express.')
    return encoded
  },
}

/** Bytes in, bytes out: text is encoded as UTF-8; `ArrayBuffer`, typed arrays and `Blob` are taken on the way out. */
export const binary: Codec<Uint8Array, string | ArrayBuffer | ArrayBufferView | Blob> = {
  decode: (data) => asBytes(data),
  encode: (value) => (value instanceof Blob ? value.arrayBuffer().then(asBytes) : asBytes(value)),
}

/** What the wire gave, untouched; what is sent must be text or bytes already. */
export const raw: Codec<Payload> = {
  decode: (data) => data as Payload,
  encode(value) {
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) throw new TypeError('Expected a string or bytes.')
    return value
  },
}

/** Values in, values out: for protocols that frame JSON themselves, such as `durable`. */
export const values: Codec = { decode: (data) => data, encode: (value) => value }

function asText(data: unknown): string {
  return typeof data === 'string' ? data : new TextDecoder('utf-8', { fatal: true }).decode(asBytes(data))
}

function asBytes(data: unknown): Uint8Array {
  if (typeof data === 'string') return new TextEncoder().encode(data)
  if (data instanceof Uint8Array) return data
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  throw new TypeError('Expected a string or bytes.')
}
