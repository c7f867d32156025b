/**
 * How a server is configured, checked once when it is created.
 *
 * @module
 */

import { type Clock, systemClock } from './clock.ts'
import type { ServerContext } from './context.ts'
import { isOrigin } from './cors.ts'
import { OpenReads } from './open-reads.ts'
import { Registry } from './registry.ts'
import type { Retention } from './stream-log.ts'

/** Options of `createStreamServer`. */
export interface StreamServerOptions {
  /** Has to be written down: everyone who reaches the server may read, write and delete every stream. */
  readonly allowAnonymous: true
  /** Origins of other pages that may use the server from a browser: `https://app.example`. Default: only its own. */
  readonly origins?: readonly string[] | undefined
  /** An append to a stream that is not there creates it; a read never does. Default `false`: 404. */
  readonly autoCreate?: boolean | undefined
  /** How much history each stream keeps. Default: 10,000 records, 8 MiB, 24 h. */
  readonly retention?: Partial<Retention> | undefined
  /** How long a long-poll waits, give or take a tenth. Default 25,000. */
  readonly longPollMs?: number | undefined
  /** How long one SSE or NDJSON answer lasts, give or take a fifth. Default 900,000. */
  readonly maxAgeMs?: number | undefined
  /** The most streams there may be. Default 10,000. */
  readonly maxStreams?: number | undefined
  /** The most producers a stream remembers for exactly-once appends. Default 1,000. */
  readonly maxProducers?: number | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
  /** 0 to 1. Default: `Math.random`. It spreads clients in time, nothing secret depends on it. */
  readonly random?: (() => number) | undefined
  /** Told about what should not have happened, such as a listener that threw. Default: a process warning. */
  readonly report?: ((error: unknown) => void) | undefined
}

const DAY_MS = 24 * 60 * 60 * 1000

const DEFAULT_RETENTION: Retention = { records: 10_000, bytes: 8 * 1024 * 1024, ageMs: DAY_MS }

/** Checks the options and makes what all requests share. */
export function contextFrom(options: StreamServerOptions): ServerContext {
  // Plain JavaScript may leave it out, and would then run an open server without having meant to.
  if (options?.allowAnonymous !== true)
    throw new Error('createStreamServer() lets everyone in: say so with { allowAnonymous: true }.')
  const clock = options.clock ?? systemClock
  return {
    registry: new Registry({
      retention: retentionFrom(options.retention ?? {}),
      streams: positive('maxStreams', options.maxStreams ?? 10_000),
      producers: { remembered: positive('maxProducers', options.maxProducers ?? 1000), idleMs: 7 * DAY_MS },
      clock,
    }),
    clock,
    random: options.random ?? Math.random,
    origins: originsFrom(options.origins ?? []),
    autoCreate: options.autoCreate ?? false,
    longPollMs: positive('longPollMs', options.longPollMs ?? 25_000),
    maxAgeMs: positive('maxAgeMs', options.maxAgeMs ?? 15 * 60_000),
    openReads: new OpenReads(),
    report: options.report ?? warn,
  }
}

function retentionFrom(given: Partial<Retention>): Retention {
  return {
    records: positive('retention.records', given.records ?? DEFAULT_RETENTION.records),
    bytes: positive('retention.bytes', given.bytes ?? DEFAULT_RETENTION.bytes),
    ageMs: positive('retention.ageMs', given.ageMs ?? DEFAULT_RETENTION.ageMs),
  }
}

function originsFrom(origins: readonly string[]): ReadonlySet<string> {
  for (const origin of origins)
    if (!isOrigin(origin)) throw new Error('An origin is a scheme and a host, such as https://app.example.')
  return new Set(origins)
}

function positive(name: string, value: number): number {
  if (typeof value !== 'number' || !(value > 0)) throw new RangeError(`${name} has to be a number above 0.`)
  return value
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
