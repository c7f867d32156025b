/**
 * The frames of `statewire.v1.json`: each is one JSON object in one text frame, named by `t`.
 *
 * @module
 */

import type { ResetReason } from './control.ts'

/** The first frame of a connection, within 10 s. */
export interface HelloFrame {
  readonly t: 'hello'
  readonly v: number
  readonly token?: string | undefined
  /** Who is calling, at most 64 characters. For the operator's eyes. */
  readonly agent?: string | undefined
  readonly caps?: readonly string[] | undefined
  /** How often the client wants to hear from the server: 1,000 to 60,000, default 5,000. */
  readonly pingMs?: number | undefined
}

/** A fresh credential before the old one expires. */
export interface AuthFrame {
  readonly t: 'auth'
  readonly token: string
}

/** Starts reading a stream. */
export interface SubscribeFrame {
  readonly t: 'sub'
  /** The request's number, chosen by the client: a whole number from 0. */
  readonly id: number
  /** The stream's path. */
  readonly s: string
  /** An offset, `-1` or `now`. */
  readonly o: string
  /** The most records per `m` frame. */
  readonly max?: number | undefined
}

/** Stops reading. Idempotent. */
export interface UnsubscribeFrame {
  readonly t: 'unsub'
  readonly id: number
  /** The alias that `subok` gave. */
  readonly a: number
}

/** Appends records exactly once: `(pid, e, q)` is the key. */
export interface PublishFrame {
  readonly t: 'pub'
  readonly s: string
  readonly pid: string
  readonly e: number
  readonly q: number
  /** 1 to 1,000 JSON values; strings for a text stream. */
  readonly d?: readonly unknown[] | undefined
  /** Base64, for a byte stream; an item is a record. */
  readonly b?: readonly string[] | undefined
  /** Closes the stream behind these records. */
  readonly close?: boolean | undefined
}

/** Everything up to this sequence has been dealt with. */
export interface SeenFrame {
  readonly t: 'seen'
  readonly a: number
  readonly n: number
}

/** A sign of life is wanted. Either side, any time. */
export interface PingFrame {
  readonly t: 'ping'
  readonly k?: string | number | undefined
}

/** The answer to a `ping`, with its `k`. */
export interface PongFrame {
  readonly t: 'pong'
  readonly k?: string | number | undefined
}

/** What a client sends. */
export type ClientFrame =
  | HelloFrame
  | AuthFrame
  | SubscribeFrame
  | UnsubscribeFrame
  | PublishFrame
  | SeenFrame
  | PingFrame
  | PongFrame

/** What the server will take from this connection. */
export interface ConnectionLimits {
  /** Largest frame, in bytes. */
  readonly frameBytes: number
  /** Live subscriptions. */
  readonly subscriptions: number
  /** Records in one `pub`. */
  readonly records: number
  /** `pub` frames without an answer. */
  readonly unacknowledged: number
}

/** The session is open. */
export interface WelcomeFrame {
  readonly t: 'welcome'
  readonly v: number
  /** The connection's name, for logs. */
  readonly conn: string
  /** The agreed interval, in milliseconds. */
  readonly pingMs: number
  readonly limits: ConnectionLimits
  /** When the credential expires, in seconds since 1970. */
  readonly exp?: number | undefined
}

/** The new credential is good. */
export interface AuthenticatedFrame {
  readonly t: 'authok'
  /** When it expires, in seconds since 1970; absent when it never does. */
  readonly exp?: number | undefined
}

/** Reading has started. Positions are `formatOffset({ gen, term, seq })`. */
export interface SubscribedFrame {
  readonly t: 'subok'
  readonly id: number
  /** The stream's number on this node: what `m` and the others call it. */
  readonly a: number
  readonly gen: string
  readonly term: number
  /** The sequence just before the next record. */
  readonly from: number
  /** The last sequence at this moment. */
  readonly tail: number
  readonly closed: boolean
}

/** Records `n` to `n + length - 1`. Byte-identical for all who read the stream. */
export interface RecordsFrame {
  readonly t: 'm'
  readonly a: number
  readonly n: number
  /** JSON values; strings for a text stream. */
  readonly d?: readonly unknown[] | undefined
  /** Base64, for a byte stream. */
  readonly b?: readonly string[] | undefined
}

/** History has been replayed; from now on it is live. Once per subscription. */
export interface LiveFrame {
  readonly t: 'live'
  readonly a: number
}

/** The stream is closed behind sequence `n`. Nothing more will ever come. */
export interface EndFrame {
  readonly t: 'eof'
  readonly a: number
  readonly n: number
}

/** Records after sequence `n` belong to another term. Positions change their prefix, records go on. */
export interface TermFrame {
  readonly t: 'term'
  readonly a: number
  readonly term: number
  readonly n: number
}

/** The position cannot be served and the subscription is over. Carries `id` in answer to `sub`, `a` afterwards. */
export interface ResetFrame {
  readonly t: 'reset'
  readonly id?: number | undefined
  readonly a?: number | undefined
  readonly why: ResetReason
  /** An offset: the generation may be another one than the client knows. */
  readonly earliest: string
  /** An offset. */
  readonly tail: string
  readonly lost: number | null
}

/** The records are in the stream. Cumulative for this producer and epoch. */
export interface AcknowledgeFrame {
  readonly t: 'ack'
  readonly s: string
  readonly pid: string
  readonly e: number
  readonly q: number
  /** The stream's tail afterwards, as an offset. */
  readonly o: string
  /** They had been there already. */
  readonly dup: boolean
  /** With `dup`, when other records were stored under this number before. As far as the server remembers. */
  readonly differs?: true | undefined
}

/** Why a `pub` was refused. */
export type RefusalCode =
  | 'gap'
  | 'fenced'
  /** The producer's id is bound to another principal. */
  | 'owned'
  | 'closed'
  | 'too_large'
  | 'rate'
  | 'forbidden'
  | 'not_found'
  | 'type'
  | 'quota'
  | 'unavailable'

/** The records are not in the stream. */
export interface RefuseFrame {
  readonly t: 'nack'
  readonly s: string
  readonly pid: string
  readonly e: number
  readonly q: number
  readonly code: RefusalCode
  /** The sequence the server waits for, with `gap`. */
  readonly want?: number | undefined
  /** The epoch that fenced this one off, with `fenced`. */
  readonly epoch?: number | undefined
  readonly retryMs?: number | undefined
}

/** Why a request failed while the connection stays. More may be added: treat an unknown one as final for the request. */
export type RequestErrorCode =
  | 'bad_frame'
  | 'unknown_type'
  | 'too_deep'
  | 'too_many_keys'
  | 'bad_path'
  | 'bad_offset'
  | 'not_found'
  /** Only where the application wants forbidden streams to be told from streams that are not there. */
  | 'forbidden'
  | 'already_subscribed'
  | 'limit'
  /** Not now: `retryMs` says when. */
  | 'unavailable'
  | 'unsupported'

/** A request failed; the connection stays. */
export interface ErrorFrame {
  readonly t: 'err'
  readonly id?: number | undefined
  readonly code: RequestErrorCode
  readonly msg: string
  readonly retryMs?: number | undefined
}

/** The server is about to close: come back after `afterMs` plus a random part of `spreadMs`. */
export interface ByeFrame {
  readonly t: 'bye'
  readonly code: number
  readonly afterMs: number
  readonly spreadMs: number
}

/** What a server sends. */
export type ServerFrame =
  | WelcomeFrame
  | AuthenticatedFrame
  | SubscribedFrame
  | RecordsFrame
  | LiveFrame
  | EndFrame
  | TermFrame
  | ResetFrame
  | AcknowledgeFrame
  | RefuseFrame
  | ErrorFrame
  | ByeFrame
  | PingFrame
  | PongFrame
