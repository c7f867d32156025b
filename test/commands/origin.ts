/**
 * The server behind the gate: it keeps a log, and knows what it was told.
 *
 * @module
 */
import type { Clock } from '../../src/connection/clock.ts'

/** One record, in whatever frame a protocol puts it. The text has characters of two, three and four bytes. */
export interface Entry {
  readonly id: string
  readonly text?: string | undefined
  readonly pad?: string | undefined
}

export const torn = 'é€😀'

/** A page of a long poll: entries from one index up to another. */
export interface Page {
  readonly from: number
  readonly to: number
}

export interface Origin {
  readonly port: number
  /** The URL's path for a client. */
  readonly path: string
  /** Every id in the order in which it was written; one that was written twice in a row stands here twice. */
  readonly log: readonly string[]
  /** Indices of the log at which a client without positions began to listen. */
  readonly starts: readonly number[]
  readonly pages: readonly Page[]
  /** Ids that clients have sent, each as often as it arrived. */
  readonly received: readonly string[]
  /** Nothing will ever be written again. */
  readonly over: boolean
  write(entries: readonly Entry[]): void
  /** The last record once more, under the same id; `undefined` where the server cannot be made to. */
  readonly repeat?: (() => void) | undefined
  /** `undefined` where heartbeats are on the server's own clock. */
  readonly heartbeat?: (() => void) | undefined
  /** The protocol's own end; `undefined` where an answer has none. */
  readonly end?: (() => void) | undefined
  /** Whether the retry budget counts this request. */
  counts(requestLine: string): boolean
  close(): Promise<void>
}

export type OpenOrigin = (clock: Required<Clock>) => Promise<Origin>
