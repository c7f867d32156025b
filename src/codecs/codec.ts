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
  /**
   * Throwing (or rejecting) makes the message an `error` event with code `decode_failed`; the stream goes on.
   *
   * @param isWanted - for a codec that waits and keeps count: `false` when the link was lost meanwhile, and the server will say
   *   this message again.
   */
  decode(data: unknown, isWanted?: () => boolean): Decoded | Promise<Decoded>
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

/** Whatever stands for bytes. A `Blob` is read while the messages behind it wait, so that order holds. */
export type Bytes = ArrayBuffer | ArrayBufferView | Blob

/** Bytes in, bytes out: text is encoded as UTF-8; `ArrayBuffer`, typed arrays and `Blob` are taken on the way out. */
export const binary: Codec<Uint8Array<ArrayBuffer>, string | Bytes> = { decode: bytesOf, encode: bytesOf }

/** The same, handed over as an `ArrayBuffer` of exactly the message's length. */
export const arrayBuffer: Codec<ArrayBuffer, string | Bytes> = {
  decode: (data) => after(bytesOf(data), bufferOf),
  encode: bytesOf,
}

/** The same, handed over as a `Blob`, whose `type` stays empty: no wire says what the bytes are. */
export const blob: Codec<Blob, string | Bytes> = {
  decode: (data) => (data instanceof Blob ? data : new Blob([asBytes(data)])),
  encode: bytesOf,
}

/** What the wire gave, untouched: text or bytes. What is sent is text, or whatever stands for bytes. */
export const raw: Codec<Payload, string | Bytes> = {
  decode: (data) => data as Payload,
  encode: (value) => (typeof value === 'string' ? value : bytesOf(value)),
}

/** Values in, values out: for protocols that frame JSON themselves, such as `durable`. */
export const values: Codec = { decode: (data) => data, encode: (value) => value }

/** Text as it is, bytes as UTF-8; throws for what is neither, and for bytes that are not UTF-8. */
export function asText(data: unknown): string {
  return typeof data === 'string' ? data : new TextDecoder('utf-8', { fatal: true }).decode(asBytes(data))
}

function bytesOf(data: unknown): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
  return data instanceof Blob ? data.arrayBuffer().then(asBytes) : asBytes(data)
}

function asBytes(data: unknown): Uint8Array<ArrayBuffer> {
  if (typeof data === 'string') return new TextEncoder().encode(data)
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (!ArrayBuffer.isView(data)) throw new TypeError('Expected a string or bytes.')
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  // What another thread may change (a SharedArrayBuffer) is copied: no wire takes it as it is.
  return overPlainBuffer(bytes) ? bytes : new Uint8Array(bytes)
}

function overPlainBuffer(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
}

function bufferOf(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const { buffer, byteLength } = bytes
  return buffer.byteLength === byteLength ? buffer : bytes.slice().buffer
}

function after<In, Out>(value: In | Promise<In>, next: (value: In) => Out): Out | Promise<Out> {
  return value instanceof Promise ? value.then(next) : next(value)
}
