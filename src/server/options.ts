/**
 * How a server is configured, checked once when it is created.
 *
 * @module
 */

import { type Clock, systemClock } from './clock.ts'
import type { ServerContext } from './context.ts'
import { isOrigin } from './cors.ts'
import { Hub } from './hub/hub.ts'
import { type Limits, limitsFrom } from './limits.ts'
import { OpenReads } from './open-reads.ts'
import { ServerInstruments } from './operations/instruments.ts'
import type { Meter } from './operations/meter.ts'
import { positionsFrom } from './positions.ts'
import { Gate } from './security/gate.ts'
import { type LogEntry, logTo } from './security/log.ts'
import type { Authenticate, Authorize } from './security/principal.ts'
import { memoryStore } from './stores/memory-store.ts'
import type { Retention, StreamStore } from './stores/store.ts'
import { TimerWheel } from './timer-wheel.ts'

/** How the stream at one path is served. */
export interface StreamTuning {
  /** Records are gathered for so long before they are sent: 0 (default, the end of the turn) to 50 ms. */
  readonly batchMs?: number | undefined
  /** A reader that falls behind gets a `skipped` reset and the newest record, not all between: for prices. Default `false`. */
  readonly latestOnly?: boolean | undefined
  /** Pages may be kept by shared caches. Default `false`: `private, no-store`. */
  readonly publicCache?: boolean | undefined
  /** A content delivery network stands before it: streamed answers last a minute instead of a quarter of an hour. */
  readonly cdn?: boolean | undefined
}

/** Options of `createStreamServer`. */
export interface StreamServerOptions {
  /** Says who sent a request. Without it the server refuses to start, unless `allowAnonymous` is written down. */
  readonly authenticate?: Authenticate | undefined
  /** Lets requests without a credential in. Without `authorize` they may read, write and delete every stream. Default `false`. */
  readonly allowAnonymous?: boolean | undefined
  /** Says who may do what. Default: whoever is inside may do everything. */
  readonly authorize?: Authorize | undefined
  /** A stream one may not use looks as if it were not there (404). `false`: it says 403. Default `true`. */
  readonly hideForbidden?: boolean | undefined
  /** Origins of other pages that may use the server from a browser: `https://app.example`. Default: only its own. */
  readonly origins?: readonly string[] | undefined
  /** Addresses (`10.0.0.0/8`) whose `X-Forwarded-*` headers are believed. Default: nobody's. */
  readonly trustedProxies?: readonly string[] | undefined
  /** Plain HTTP from elsewhere than this machine or a trusted proxy is refused. Default: `NODE_ENV` is `production`. */
  readonly production?: boolean | undefined
  /**
   * A secret key of 32 bytes: offsets over HTTP are sealed with it, so that they do not tell how many records a stream has. The
   * same on every node and after every restart, or clients lose their positions. There is no WebSocket then: it numbers
   * records. Default: offsets are plain.
   */
  readonly opaqueOffsets?: Uint8Array | undefined
  /** `Cross-Origin-Resource-Policy` of every answer. Default `same-site`. */
  readonly resourcePolicy?: 'same-origin' | 'same-site' | 'cross-origin' | undefined
  /** What keeps the streams. Default: memory. */
  readonly store?: StreamStore | undefined
  /** An append to a stream that is not there creates it; a read never does. Default `false`: 404. */
  readonly autoCreate?: boolean | undefined
  /** How much history each stream keeps in memory. A store that is given has its own. Default: 10,000 records, 8 MiB, 24 h. */
  readonly retention?: Partial<Retention> | undefined
  readonly limits?: Partial<Limits> | undefined
  /** How the stream at a path is served, where that differs from the defaults. Asked when it is opened. */
  readonly tuning?: ((path: string) => StreamTuning | undefined) | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
  /** 0 to 1. Default: `Math.random`. It spreads clients in time, nothing secret depends on it. */
  readonly random?: (() => number) | undefined
  /** Told about what should not have happened, such as a listener that threw. Default: a process warning. */
  readonly report?: ((error: unknown) => void) | undefined
  /** Told what happens, without tokens, addresses of streams or contents. Default: nobody. */
  readonly log?: ((entry: LogEntry) => void) | undefined
  /** A meter of OpenTelemetry (`metrics.getMeter('app')`), beside the Prometheus text. */
  readonly meter?: Meter | undefined
}

/** Checks the options and makes what all requests share. */
export function contextFrom(options: StreamServerOptions, meters: readonly Meter[]): ServerContext {
  const clock = options.clock ?? systemClock
  const limits = limitsFrom(options.limits ?? {})
  const instruments = new ServerInstruments(meters)
  const told = options.report ?? warn
  const report = (error: unknown): void => {
    instruments.failed()
    told(error)
  }
  const log = logTo(options.log, clock)
  const wheel = new TimerWheel(clock, { report })
  const store = storeFrom(options, limits, clock)
  const tuning = tuningFrom(options.tuning)
  const gate = new Gate({
    authenticate: options.authenticate,
    allowAnonymous: options.allowAnonymous ?? false,
    authorize: options.authorize,
    hideForbidden: options.hideForbidden ?? true,
    origins: originsFrom(options.origins ?? []),
    trustedProxies: options.trustedProxies ?? [],
    production: isProduction(options),
    limits,
    clock,
    report,
    log,
  })
  const batchMs = (path: string): number => tuning(path).batchMs ?? 0
  return {
    store,
    hub: new Hub({ store, clock, wheel, batchMs, ringBytes: limits.ringBytes, report }),
    gate,
    clock,
    wheel,
    random: options.random ?? Math.random,
    limits,
    autoCreate: options.autoCreate ?? false,
    tuning,
    positions: positionsFrom(options.opaqueOffsets),
    resourcePolicy: options.resourcePolicy ?? 'same-site',
    openReads: new OpenReads(instruments),
    instruments,
    log,
    report,
  }
}

/** Whether strangers may be on the wire. */
export function isProduction({ production }: StreamServerOptions): boolean {
  return production ?? process.env.NODE_ENV === 'production'
}

function storeFrom(options: StreamServerOptions, limits: Limits, clock: Clock): StreamStore {
  const { store, retention } = options
  if (store !== undefined && retention !== undefined)
    throw new Error('A store that is given keeps its own retention: set it there.')
  const { memoryBytes: bytes, producers, streamIdleMs: idleMs } = limits
  return store ?? memoryStore({ retention: retentionFrom(retention ?? {}), bytes, producers, idleMs, clock })
}

function retentionFrom(given: Partial<Retention>): Partial<Retention> {
  for (const [name, value] of Object.entries(given))
    if (value !== undefined && !(typeof value === 'number' && value > 0))
      throw new RangeError(`retention.${name} has to be a number above 0.`)
  return given
}

function originsFrom(origins: readonly string[]): ReadonlySet<string> {
  for (const origin of origins)
    if (!isOrigin(origin)) throw new Error('An origin is a scheme and a host, such as https://app.example.')
  return new Set(origins)
}

const MAX_BATCH_MS = 50

function tuningFrom(tuning: StreamServerOptions['tuning']): (path: string) => StreamTuning {
  return (path) => {
    const wish = tuning?.(path) ?? {}
    const batchMs = Math.min(Math.max(wish.batchMs ?? 0, 0), MAX_BATCH_MS)
    return { ...wish, batchMs }
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
