/**
 * What the rig and those who steer it say to each other. Plain JSON, so that a page in a browser steers as well as Node does.
 *
 * @module
 */

/** One record of a room. Its position is its index; a reader resumes with the number of records it has. */
export interface RigRecord {
  readonly data: string
  /** The `event:` name on SSE; nothing anywhere else. */
  readonly event?: string | undefined
}

/** What happens to the next request instead of the ordinary answer. One request takes one fault. */
export type Fault =
  /** An HTTP status, also in place of a WebSocket handshake. */
  | { readonly kind: 'refuse'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The request is taken and never answered. */
  | { readonly kind: 'hold' }
  /** The ordinary answer, silent for ever after so many bytes. */
  | { readonly kind: 'stall'; readonly bytes: number }
  /** The ordinary answer, one byte at a time: every character and every frame is split. */
  | { readonly kind: 'slow' }
  /** The ordinary answer, its socket destroyed after so many bytes. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** These bytes (base64) as the answer, then its end if `end`. On a WebSocket they are one text message. */
  | { readonly kind: 'script'; readonly type?: string; readonly base64: string; readonly end: boolean }
  /** These bytes (base64), then one line or message without an end, as fast as it is taken. */
  | { readonly kind: 'endless'; readonly type: string; readonly base64: string }
  /** To the same path here or on the other port, which is another origin. */
  | { readonly kind: 'redirect'; readonly status: number; readonly to: 'here' | 'elsewhere' }

/** What a room is told to do, in this order. */
export interface Order {
  /** The next requests that post, one fault each. */
  readonly sendFaults?: readonly Fault[] | undefined
  /** The next requests that read, one fault each. */
  readonly faults?: readonly Fault[] | undefined
  /** Sent first on every event stream from now on. */
  readonly opening?: string | undefined
  readonly append?: readonly (string | RigRecord)[] | undefined
  /** So many records of so many characters, each beginning with its index and a space. */
  readonly fill?: { readonly count: number; readonly size: number } | undefined
  /** Destroys the socket of every open read. */
  readonly cut?: boolean | undefined
  /** The protocol's own end, for everybody who reads or will read. */
  readonly end?: boolean | undefined
}

/** A request that reached a room. */
export interface SeenRequest {
  readonly endpoint: string
  readonly method: string
  /** Where it asked to resume, `null` for the beginning. */
  readonly position: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly httpVersion: string
}

/** Something a client sent, as text. */
export interface Received {
  readonly body: string
  readonly type: string
}

/** A request or a WebSocket that is open now. */
export interface OpenExchange {
  readonly endpoint: string
  /** Its own bytes that have left the server: a socket may have carried others before, and Node counts what it still holds. */
  readonly bytes: number
  /** Its reader takes no more: the socket's buffers are full. */
  readonly blocked: boolean
}

/** A room as it is. */
export interface RoomState {
  /** Grows with each change: ask for the state after a version, and the answer waits for the next one. */
  readonly version: number
  readonly open: readonly OpenExchange[]
  readonly requests: readonly SeenRequest[]
  readonly received: readonly Received[]
  /** Bytes of posts so far, those that are still arriving included. */
  readonly uploaded: number
  /** The most posts that were open at the same time. */
  readonly mostPostsAtOnce: number
  /** Requests that hit a cut so far. */
  readonly cuts: number
}

/** Addresses of the rig, without a trailing slash. */
export interface RigAddresses {
  readonly rigUrl: string
  /** The same rooms on another port: another origin, and in a browser another pool of six connections. */
  readonly rigOtherUrl: string
  /** The same rooms over TLS, HTTP/2 or HTTP/1.1 as the client negotiates. */
  readonly rigTlsUrl: string
}
