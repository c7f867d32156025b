/**
 * Whether a connection does what it should, and how the whole of them is.
 *
 * @module
 */
import type { ConnectionState } from '../../machines/connection.ts'
import type { TransportErrorCode } from '../errors.ts'
import type { MetricsSnapshot } from '../observe/metrics.ts'

/** What was read of one connection. Times are milliseconds; `null` is what nobody can know now. */
export interface ConnectionHealth {
  readonly state: ConnectionState
  /** The open link is being asked for a sign of life, because it was silent for too long or something happened around it. */
  readonly doubted: boolean
  /** Since the last byte, heartbeats included, or since reading began again. `null` unless it is connected and flowing. */
  readonly lastByteAge: number | null
  /** From the latest dial to its answer, or from the latest probe to the sign of life behind it. */
  readonly roundTrip: number | null
  /** How long the latest successful attempt took. */
  readonly connectLatency: number | null
  /** Messages handed to listeners per second, over the last 10 s, or since the last look where that is longer ago. */
  readonly deliveryRate: number
  /** Messages that wait to be sent or to be confirmed. */
  readonly queued: number
  /** What they weigh, in bytes, as far as they are encoded. */
  readonly bufferedBytes: number
  /** An estimate in bytes: what a connection weighs in `docs/performance.md`, its meter, and its buffers. */
  readonly memory: number
  /** Requests and handshakes that were begun. */
  readonly attempts: number
  /** Attempts that failed and links that were lost. */
  readonly failures: number
  /** Failures since the last stable connection. */
  readonly failuresInRow: number
  /** The code of the last failure, until a connection was stable again. */
  readonly lastFailure: TransportErrorCode | null
  /** How often a lost connection came back by itself. */
  readonly recoveries: number
  /** Everything that is counted, the time in each state (`stateMs`) among it. */
  readonly metrics: MetricsSnapshot
}

/** From where on a connection is `degraded`. `Infinity` switches one off. */
export interface HealthThresholds {
  /** Silence in ms. Default `Infinity`: a quiet stream is not an ill one, and where a heartbeat is promised the chart watches it. */
  readonly lastByteAge?: number | undefined
  /** In ms. Default 2,000. */
  readonly roundTrip?: number | undefined
  /** In ms. Default 5,000. */
  readonly connectLatency?: number | undefined
  /** Default 500, half of what an outbox takes by default. */
  readonly queued?: number | undefined
  /** In bytes. Default 524,288, half of what an outbox takes by default. */
  readonly bufferedBytes?: number | undefined
  /** Default 3. */
  readonly failuresInRow?: number | undefined
}

type Limit = keyof HealthThresholds

/** The thresholds where nothing else is said. */
export const defaultThresholds: Readonly<Record<Limit, number>> = {
  lastByteAge: Number.POSITIVE_INFINITY,
  roundTrip: 2_000,
  connectLatency: 5_000,
  queued: 500,
  bufferedBytes: 524_288,
  failuresInRow: 3,
}

const limits = Object.keys(defaultThresholds) as readonly Limit[]

/** Why a connection is degraded: what its chart says, or the figure that has reached its threshold. */
export type DegradedReason = 'reconnecting' | 'doubted' | Limit

/** A verdict on one connection. */
export type Health =
  | { readonly status: 'healthy' }
  | { readonly status: 'degraded'; readonly reasons: readonly DegradedReason[] }
  /** It rests in `error` until somebody connects again. */
  | { readonly status: 'failed'; readonly code: TransportErrorCode | null }

/**
 * Judges a reading. What is idle or closed by intent is healthy.
 *
 * @example
 * const health = healthOf(meter.read(), { roundTrip: 500 })
 * if (health.status === 'degraded') warn(health.reasons)
 */
export function healthOf(reading: ConnectionHealth, thresholds: HealthThresholds = {}): Health {
  if (reading.state === 'error') return { status: 'failed', code: reading.lastFailure }
  if (reading.state === 'idle' || reading.state === 'closed') return { status: 'healthy' }
  const reasons: DegradedReason[] = []
  if (reading.state === 'reconnecting') reasons.push('reconnecting')
  if (reading.doubted) reasons.push('doubted')
  for (const limit of limits) {
    const figure = reading[limit]
    if (figure !== null && figure >= (thresholds[limit] ?? defaultThresholds[limit])) reasons.push(limit)
  }
  return reasons.length === 0 ? { status: 'healthy' } : { status: 'degraded', reasons }
}

/** How all of them are. */
export interface OverallHealth {
  /** `healthy`: every one is, also when there is none. `failed`: every one has. Else `degraded`. */
  readonly status: Health['status']
  readonly healthy: number
  readonly degraded: number
  readonly failed: number
}

/** Sums verdicts up. */
export function overallHealth(verdicts: readonly Health[]): OverallHealth {
  const count = (status: Health['status']): number => verdicts.filter((verdict) => verdict.status === status).length
  const [healthy, degraded, failed] = [count('healthy'), count('degraded'), count('failed')]
  return { status: statusOf(verdicts.length, healthy, failed), healthy, degraded, failed }
}

function statusOf(all: number, healthy: number, failed: number): Health['status'] {
  if (healthy === all) return 'healthy'
  return failed === all ? 'failed' : 'degraded'
}
