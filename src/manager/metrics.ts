/**
 * The figures of a manager: those of its connections of now, and of those that are gone.
 *
 * @module
 */
import type { ConnectionState } from '../../machines/connection.ts'
import { mergeMetrics } from '../observe/merge-metrics.ts'
import type { MetricsSnapshot } from '../observe/metrics.ts'
import { type ConnectionHealth, type HealthThresholds, healthOf, type OverallHealth, overallHealth } from './health.ts'
import { type Latency, latencyOf, latencyOfAll } from './metrics-latency.ts'

/** What a manager counts itself. */
export interface ManagerTotals {
  /** Connections that were opened. */
  readonly opened: number
  /** Connections that are over, however they ended. */
  readonly closed: number
  /** Restarts after a failure. */
  readonly restarted: number
  /** Connections that were not restarted any more. */
  readonly gaveUp: number
  /**
   * What the connections that are gone had counted: `mergeMetrics([past, meter.read().metrics])` before each goes. Default: nothing.
   */
  readonly past?: MetricsSnapshot | undefined
}

/** What `getMetrics()` says: a plain object that survives JSON, with no URL and no payload in it. */
export interface ManagerMetrics extends Omit<ManagerTotals, 'past'> {
  /** Connections there are now. */
  readonly connections: number
  /** How many of them are in each state. */
  readonly states: Readonly<Record<ConnectionState, number>>
  readonly health: OverallHealth
  /** Attempts, failures, recoveries and messages of all connections that ever were. */
  readonly attempts: number
  readonly failures: number
  readonly recoveries: number
  readonly received: number
  readonly sent: number
  /** Of the connections there are now: messages per second, messages that wait, and bytes. */
  readonly deliveryRate: number
  readonly queued: number
  readonly bufferedBytes: number
  readonly memory: number
  readonly latencies: {
    /** Attempts that succeeded. */
    readonly connect: Latency
    /** From a loss to connected again. */
    readonly recovery: Latency
    /** The latest round trip of each connection of now. */
    readonly roundTrip: Latency
  }
  /** All that was counted, by code, state and protocol. */
  readonly counts: MetricsSnapshot
}

const noStates: Readonly<Record<ConnectionState, number>> = {
  idle: 0,
  connecting: 0,
  connected: 0,
  reconnecting: 0,
  error: 0,
  closed: 0,
}

/** Sums up what the meters of a manager read. */
export function summarise(
  readings: readonly ConnectionHealth[],
  totals: ManagerTotals,
  thresholds?: HealthThresholds,
): ManagerMetrics {
  const { past, ...own } = totals
  const counts = mergeMetrics([...(past === undefined ? [] : [past]), ...readings.map(({ metrics }) => metrics)])
  const sum = (figure: 'deliveryRate' | 'queued' | 'bufferedBytes' | 'memory'): number =>
    readings.reduce((total, reading) => total + reading[figure], 0)
  const states = { ...noStates }
  for (const { state } of readings) states[state] += 1
  return {
    ...own,
    connections: readings.length,
    states,
    health: overallHealth(readings.map((reading) => healthOf(reading, thresholds))),
    attempts: counts.attempts,
    failures: [counts.failedAttempts, counts.losses].flatMap(Object.values<number>).reduce((all, one) => all + one, 0),
    recoveries: counts.recoveries,
    received: counts.received,
    sent: counts.sent,
    deliveryRate: sum('deliveryRate'),
    queued: sum('queued'),
    bufferedBytes: sum('bufferedBytes'),
    memory: sum('memory'),
    latencies: {
      connect: latencyOf(counts.durations.connect),
      recovery: latencyOf(counts.durations.recovery),
      roundTrip: latencyOfAll(readings.flatMap(({ roundTrip }) => roundTrip ?? [])),
    },
    counts,
  }
}
