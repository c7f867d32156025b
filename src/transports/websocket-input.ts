/**
 * What the WebSocket dial is given, checked at the door: a wrong option fails before a socket exists.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { checkFunction, checkOneOf, checkOption } from './option-checks.ts'
import { addHeaders, resolveHeaders } from './request-headers.ts'
import type { HeadersSource, RequestAttempt, TlsInput } from './request-input.ts'
import type { StandardSocketConstructor } from './socket.ts'

/**
 * What to do when messages come in faster than they are read.
 *
 * - `block`: the socket is paused and the server waits. Where it cannot be paused (browsers), `reconnect` at `maxBufferedBytes`
 *   if the connection has a position to go on from, else `error`.
 * - `error`, `reconnect`: at `maxBufferedBytes` the link fails with `overflow`, for good or to be tried again, having handed over
 *   what it kept. A socket that can be paused is paused instead, and neither happens.
 * - `drop-oldest`, `drop-newest`: at `maxBufferedBytes` the message that waited longest, or each one that comes until what is
 *   kept was read, is thrown away, on every platform.
 * - `latest`: only the newest message is kept while nobody reads.
 *
 * What was thrown away is said as a `gap` with its count, at its place among the messages.
 */
export type Overflow = 'block' | 'error' | 'reconnect' | 'drop-oldest' | 'drop-newest' | 'latest'

/** permessage-deflate (RFC 7692). */
export interface CompressionInput {
  /** Without context takeover smaller messages leave as they are; with it they are worth compressing too. Bytes, default 1,024. */
  readonly threshold?: number | undefined
  /**
   * Whether a message may refer to those before it, both ways. Smaller on the wire, and about 300 kB of memory for each
   * connection. Default `true`.
   */
  readonly contextTakeover?: boolean | undefined
}

/** Where to connect, and how. */
export interface WebSocketInput {
  /** `ws:`, `wss:`, or `http:` and `https:`, which mean the same. Relative ones work where there is a page. */
  readonly url: string | URL
  /** Sub-protocols, the dearest first. The server must grant one of them. */
  readonly protocols?: string | readonly string[] | undefined
  /** Request headers of the handshake, or what makes them per attempt. Node with `ws` only: no browser lets a page send any. */
  readonly headers?: HeadersSource | undefined
  /** Added to the URL's query. */
  readonly query?: Readonly<Record<string, string>> | undefined
  /** Larger messages end the connection with `limit_exceeded`. Bytes, default 1 MiB. */
  readonly maxMessageBytes?: number | undefined
  /** How much is kept while nobody reads, where the socket is not paused. Bytes, a message counting 32 at least. Default 4 MiB. */
  readonly maxBufferedBytes?: number | undefined
  /** Default `block`. */
  readonly overflow?: Overflow | undefined
  /**
   * What to say when the connection asks its peer for a sign of life: browsers have no ping of their own, and some servers do
   * not answer one. Without it a ping frame (RFC 6455 section 5.5.2) is sent where the platform can.
   */
  readonly ping?: string | Uint8Array | (() => string | Uint8Array) | undefined
  /** Recognises the answer to `ping`: it is heard, and never handed over. */
  readonly pong?: ((message: Message) => boolean) | undefined
  /**
   * Offers permessage-deflate. Node with `ws` only: a browser decides by itself. What comes is inflated up to
   * `maxMessageBytes` and no further. Default `false`.
   */
  readonly compression?: boolean | CompressionInput | undefined
  /** The constructor to use instead of the platform's. */
  readonly WebSocket?: StandardSocketConstructor | undefined
  /** Says which message is the last: it is delivered, then the link ends. A close before it is `interrupted`. */
  readonly until?: ((message: Message) => boolean) | undefined
  /** TLS options. Node with the `ws` package only. */
  readonly tls?: TlsInput | undefined
}

/** The same, checked and with its defaults. */
export interface WebSocketOptions {
  readonly url: URL
  readonly protocols: readonly string[]
  readonly headers: Headers
  readonly maxMessageBytes: number
  readonly maxBufferedBytes: number
  readonly overflow: Overflow
  readonly compression: boolean | CompressionInput
}

const MESSAGE_LIMIT = 1024 * 1024
const BUFFER_LIMIT = 4 * 1024 * 1024

/** RFC 9110 section 5.6.2: what a header name and (RFC 6455 section 4.1) a sub-protocol are made of. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

const SOCKET_SCHEME: Readonly<Record<string, string>> = {
  'http:': 'ws:',
  'https:': 'wss:',
  'ws:': 'ws:',
  'wss:': 'wss:',
}

/** Checks everything. Rejects `bad_url`, `bad_option`, `bad_header` or `authorize_failed`. */
export async function checkedOptions(input: WebSocketInput, attempt: RequestAttempt): Promise<WebSocketOptions> {
  const { compression = false, overflow = 'block', ping, pong } = input
  checkOneOf('overflow', overflow, ['block', 'error', 'reconnect', 'drop-oldest', 'drop-newest', 'latest'])
  checkFunction('pong', pong)
  checkOption(
    ping === undefined || ['string', 'function'].includes(typeof ping) || ping instanceof Uint8Array,
    'ping',
    'text, bytes, or a function that makes them',
  )
  return {
    url: socketUrl(input.url, input.query),
    protocols: subProtocols(input.protocols),
    headers: handshakeHeaders(await resolveHeaders(input.headers, attempt)),
    maxMessageBytes: byteLimit('maxMessageBytes', input.maxMessageBytes, MESSAGE_LIMIT),
    maxBufferedBytes: byteLimit('maxBufferedBytes', input.maxBufferedBytes, BUFFER_LIMIT),
    overflow,
    compression,
  }
}

function socketUrl(address: string | URL, query: Readonly<Record<string, string>> = {}): URL {
  const url = parsed(address)
  const scheme = SOCKET_SCHEME[url.protocol]
  if (scheme === undefined)
    throw new TransportError('bad_url', 'A WebSocket URL starts with ws:, wss:, http: or https:.')
  url.protocol = scheme
  if (url.username !== '' || url.password !== '') {
    throw new TransportError(
      'bad_url',
      'A WebSocket URL must not hold a user name or password: send a header or a first message instead.',
    )
  }
  if (url.hash !== '') throw new TransportError('bad_url', 'A WebSocket URL must not have a fragment.')
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}

function parsed(address: string | URL): URL {
  const page = typeof location === 'undefined' ? undefined : location.href
  try {
    return new URL(address, page)
  } catch {
    throw new TransportError('bad_url', 'The WebSocket URL cannot be parsed.')
  }
}

function subProtocols(protocols: string | readonly string[] = []): readonly string[] {
  const list = typeof protocols === 'string' ? [protocols] : protocols
  if (!list.every((name) => TOKEN.test(name))) {
    throw new TransportError(
      'bad_option',
      'A sub-protocol is a word of letters, digits and -._ without spaces or commas.',
    )
  }
  if (new Set(list).size < list.length) throw new TransportError('bad_option', 'A sub-protocol is named twice.')
  return list
}

function handshakeHeaders(source: HeadersInit): Headers {
  const headers = new Headers()
  addHeaders(headers, source)
  for (const name of headers.keys()) {
    if (name.startsWith('sec-websocket-'))
      throw new TransportError('bad_header', `The header ${name} belongs to the handshake.`)
  }
  return headers
}

function byteLimit(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback
  if (value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && value > 0)) return value
  throw new TransportError('bad_option', `Option ${name} must be a whole number of bytes above 0.`)
}
