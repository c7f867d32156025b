/**
 * What a streaming read says beside the records: the SSE `control` event, and the NDJSON line.
 *
 * @module
 */

/**
 * Why a position cannot be served: older than retention, another stream by that name, beyond what survived, or left out on
 * purpose, because only the newest record counts.
 */
export type ResetReason = (typeof RESET_REASONS)[number]

const RESET_REASONS = ['trimmed', 'generation', 'truncated', 'skipped'] as const

export function isResetReason(reason: unknown): reason is ResetReason {
  return RESET_REASONS.some((known) => known === reason)
}

/** The data of an SSE `control` event. The first four fields are the base protocol's, the rest are ours. */
export interface StreamControl {
  /** The position after everything sent so far. Also the event's `id:`. */
  readonly streamNextOffset: string
  /** Opaque; sent back as `cursor=`. Absent once the stream is closed. */
  readonly streamCursor?: string | undefined
  /** Nothing more is waiting at this moment. */
  readonly upToDate?: true | undefined
  /** Nothing more will ever come. The read ends after this event. */
  readonly streamClosed?: true | undefined
  /** The position asked for cannot be served. The read ends after this event, and `streamNextOffset` is the tail. */
  readonly streamReset?: ResetReason | undefined
  /** The oldest position that can be served. Only beside `streamReset`. */
  readonly streamEarliestOffset?: string | undefined
  /** How many records are gone, `null` when nobody can know. Only beside `streamReset`. */
  readonly lost?: number | null | undefined
  /** The server ends this read on purpose: come back after at least so many milliseconds. */
  readonly drainInMs?: number | undefined
}

/** One record. Exactly one of `v` (JSON), `t` (text) and `b` (base64) is there. */
export interface NdjsonData {
  readonly k: 'd'
  /** The position after this record. */
  readonly o: string
  readonly v?: unknown
  readonly t?: string | undefined
  readonly b?: string | undefined
}

/** A position, and what {@link StreamControl} says about it. */
export interface NdjsonControl extends StreamControl {
  readonly k: 'c'
}

/** A heartbeat. */
export interface NdjsonPulse {
  readonly k: 'p'
}

/** One line of `live=ndjson`. The stream is complete only after a `c` line with `streamClosed`. */
export type NdjsonLine = NdjsonData | NdjsonControl | NdjsonPulse

/** The body of a 410, and the fields that every `application/problem+json` of ours has. */
export interface Problem {
  /** A stable URI. */
  readonly type: string
  /** One plain sentence. */
  readonly title: string
  readonly status: number
  /** A stable slug. */
  readonly code: string
  readonly retryAfterMs?: number | undefined
  readonly reset?: ResetReason | undefined
  readonly lost?: number | null | undefined
  readonly earliest?: string | undefined
  readonly next?: string | undefined
}
