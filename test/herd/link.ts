/**
 * One attempt of a client, and the connection that comes of it.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'
import { TransportError, type TransportErrorCode, type TransportErrorFacts } from '../../src/errors.ts'

/** Where to. */
export interface Target {
  readonly port: number
  readonly stream: string
  /** Where the last connection stopped; `-1` at first. */
  readonly offset: string
  /** Draws from the spread that a server which drains gives to all. */
  readonly random: () => number
}

/** What comes of it. After `lost` nothing more does. */
export interface LinkEvents {
  /** The server reads for us. */
  opened(): void
  /** Records, and the position after them. */
  records(records: readonly unknown[], offset: string): void
  lost(error: TransportError): void
}

export interface Link {
  /** Reads nothing from now on until {@link Link.resume}. */
  pause(): void
  resume(): void
  /** Cuts it off, and tells nobody. */
  destroy(): void
}

export type Dial = (target: Target, events: LinkEvents) => Link

export function failure(code: TransportErrorCode, facts: TransportErrorFacts = {}): TransportError {
  return new TransportError(code, 'A client of the herd failed.', facts)
}

/** What a status other than the one hoped for means. */
export function refused({ statusCode, headers }: IncomingMessage): TransportError {
  const after = headers['retry-after']
  const retryAfterMs = after === undefined ? undefined : 1_000 * Number(after)
  return failure('http_status', { status: statusCode, retryAfterMs })
}
