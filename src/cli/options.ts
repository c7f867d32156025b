/**
 * What `statewire tail` was asked to do.
 *
 * @module
 */
import type { StreamFormat } from '../transports/http-stream.ts'

/** How a stream can be read. */
export type Via = 'sse' | StreamFormat | 'websocket' | 'long-poll' | 'durable'

/** In the order of `--help`. */
export const vias: readonly Via[] = [
  'sse',
  'ndjson',
  'lines',
  'json-seq',
  'text',
  'bytes',
  'websocket',
  'long-poll',
  'durable',
]

export function isVia(text: string): text is Via {
  return (vias as readonly string[]).includes(text)
}

export interface TailOptions {
  /** `http:`, `https:`, `ws:` or `wss:`, without user and password. */
  readonly url: URL
  /** Overrules the guess. */
  readonly via: Via | undefined
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** As typed: the text itself, `@file`, or `-` for stdin. */
  readonly data: string | undefined
  readonly method: string | undefined
  /** One JSON object per message on stdout. */
  readonly json: boolean
  /** Where to go on: a position, or `now` and `-1` on servers with offsets. */
  readonly from: string | undefined
  /** WebSocket sub-protocols. */
  readonly protocols: readonly string[]
  /** Attempts in a row after the first one; no limit when missing. */
  readonly maxAttempts: number | undefined
  /** Stop after so many messages. */
  readonly count: number | undefined
  /** How long one attempt may take, in milliseconds. */
  readonly connectTimeout: number | undefined
  /** The text of the last message. */
  readonly until: string | undefined
  readonly quiet: boolean
  readonly color: boolean
  /** Accept any certificate. */
  readonly insecure: boolean
}
