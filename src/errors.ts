/**
 * The one error class of statewire. What went wrong is a literal {@link TransportErrorCode}; the facts are fields;
 * the message is one plain sentence without a secret in it (no URL query, no header value, no payload).
 *
 * @module
 */

/** Every code there is. Stable: a code is never renamed or given another meaning. */
export const transportErrorCodes = [
  // what the caller gave us
  'bad_url',
  'bad_option',
  'bad_header',
  'unsupported',
  // getting connected
  'connect_timeout',
  'budget_spent',
  'network',
  'tls',
  'http_status',
  'unexpected_content_type',
  'redirect_refused',
  'too_many_redirects',
  'not_a_stream_server',
  // staying connected
  'interrupted',
  'closed_by_server',
  'first_byte_timeout',
  'idle_timeout',
  'total_timeout',
  'silent',
  'overflow',
  // what came in
  'limit_exceeded',
  'invalid_utf8',
  'bad_frame',
  'decode_failed',
  'schema_refused',
  'gap',
  // encrypted messages
  'decrypt_failed',
  'unknown_key',
  'wrong_channel',
  'replayed',
  // what went out
  'encode_failed',
  'send_refused',
  'send_dropped',
  'send_failed',
  'send_unconfirmed',
  'outbox_full',
  'outbox_lost',
  'outbox_failed',
  'producer_fenced',
  'producer_owned',
  // many connections
  'duplicate_id',
  'limit_reached',
  'restarts_spent',
  'no_provider',
  // ours
  'aborted',
  'authorize_failed',
  'internal',
] as const

/** What went wrong. */
export type TransportErrorCode = (typeof transportErrorCodes)[number]

/** No server's hint is believed beyond ten minutes (wire.md 2.6): a wrong header must not silence a client for a year. In ms. */
export const longestPause = 600_000

/** The pause a server asks for, as far as it is believed. In ms. */
export function believedPause(asked: number): number {
  return Math.min(Math.max(asked, 0), longestPause)
}

/** The facts of a failure, as far as they are known. */
export interface TransportErrorFacts {
  /** HTTP status of the answer. */
  readonly status?: number | undefined
  /** WebSocket close code (RFC 6455 section 7.4, or the server's own 4000 to 4999). */
  readonly closeCode?: number | undefined
  /** The server's floor for the next attempt, in milliseconds (`Retry-After`, a close hint). */
  readonly retryAfterMs?: number | undefined
  /** `false` when repeating the request could do something twice: a POST without an idempotency key. */
  readonly repeatable?: boolean | undefined
  /** The content type that arrived, without its parameters. */
  readonly contentType?: string | undefined
  /** What is gone, for `gap`. */
  readonly lost?: number | null | undefined
  /** The original error. Never part of `toJSON`. */
  readonly cause?: unknown
}

/** A failure of a transport, a codec or a `send()`. */
export class TransportError extends Error {
  declare readonly code: TransportErrorCode
  declare readonly status: number | undefined
  declare readonly closeCode: number | undefined
  declare readonly retryAfterMs: number | undefined
  declare readonly repeatable: boolean
  declare readonly contentType: string | undefined
  declare readonly lost: number | null | undefined

  constructor(code: TransportErrorCode, message: string, { cause, ...facts }: TransportErrorFacts = {}) {
    super(message, cause === undefined ? undefined : { cause })
    Object.assign(this, { name: 'TransportError', code, repeatable: true }, facts)
  }

  /** Facts only, so that snapshots stay serialisable: no stack, no cause. */
  toJSON(): object {
    const { cause: _, ...facts } = this
    return { ...facts, message: this.message }
  }
}

/** Whatever was thrown, as a {@link TransportError}; what already is one passes unchanged. */
export function asTransportError(
  thrown: unknown,
  code: TransportErrorCode = 'internal',
  message = 'Something inside the connection threw an unexpected error.',
): TransportError {
  return thrown instanceof TransportError ? thrown : new TransportError(code, message, { cause: thrown })
}
