/**
 * What a streaming read says beside its records, checked: the SSE `control` event and the NDJSON `c` line.
 *
 * @module
 */
import { believedPause, TransportError } from '../errors.ts'
import type { StreamControl } from '../wire/control.ts'
import { gapError, readReset } from './durable-gap.ts'
import { isPosition } from './durable-input.ts'

/** The failure of a server that does not keep to the protocol. Names the piece, never its content. */
export function badFrame(piece: string): TransportError {
  return new TransportError('bad_frame', `The server sent ${piece} that breaks the protocol.`)
}

/** A JSON object, or `bad_frame`. */
export function parseObject(text: unknown, piece: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : undefined
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Not even as the cause: V8's SyntaxError quotes the text.
  }
  throw badFrame(piece)
}

/** The position a control names. Throws `gap` for a reset: its `streamNextOffset` must not become our position. */
export function positionOf(control: { readonly [Field in keyof StreamControl]?: unknown }): string {
  const { streamReset, lost, streamEarliestOffset, streamNextOffset } = control
  if (streamReset !== undefined) throw gapError(readReset(streamReset, lost, streamEarliestOffset))
  if (isPosition(streamNextOffset)) return streamNextOffset
  throw badFrame('a control without an offset')
}

/** `false` when the stream is over. Throws `interrupted` when the server ends this read on purpose. */
export function goesOn({ streamClosed, drainInMs }: { readonly [Field in keyof StreamControl]?: unknown }): boolean {
  if (streamClosed === true) return false
  if (typeof drainInMs !== 'number') return true
  const retryAfterMs = believedPause(drainInMs)
  throw new TransportError('interrupted', 'The server ends this connection and asks to come back.', { retryAfterMs })
}

/** Base64 (RFC 4648 section 4) as bytes. */
export function bytesOf(base64: unknown): Uint8Array {
  try {
    if (typeof base64 === 'string') return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch {
    // Falls through: what atob cannot read.
  }
  throw badFrame('a byte record')
}

/** Bytes as base64. */
export function base64Of(bytes: Uint8Array): string {
  let text = ''
  // In slices: the arguments of one call are limited by the stack.
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192))
  }
  return btoa(text)
}
