/**
 * The figures of a pool.
 *
 * @module
 */
import { emptyHistogram, mergeHistograms } from './histogram.ts'
import { type Counts, countsOf, durationKinds, type MetricsSnapshot, totalsOf } from './metrics.ts'

/** What is there before anything has happened. */
export const emptyMetrics: MetricsSnapshot = {
  attempts: 0,
  established: {},
  losses: {},
  failedAttempts: {},
  recoveries: 0,
  gaveUp: {},
  received: 0,
  sent: 0,
  refused: {},
  gaps: 0,
  lost: 0,
  entered: {},
  stateMs: {},
  current: {},
  durations: { connect: emptyHistogram, recovery: emptyHistogram, connected: emptyHistogram },
}

/**
 * The sum of several snapshots, as if one connection had done all of it.
 *
 * @example
 * const pool = mergeMetrics(measured.map((metrics) => metrics.snapshot()))
 */
export function mergeMetrics(snapshots: Iterable<MetricsSnapshot>): MetricsSnapshot {
  let sum = emptyMetrics
  for (const snapshot of snapshots) sum = added(sum, snapshot)
  return sum
}

function added(one: MetricsSnapshot, other: MetricsSnapshot): MetricsSnapshot {
  return {
    ...one,
    ...byName(totalsOf, (name) => one[name] + other[name]),
    ...byName(countsOf, (name) => addedCounts(one[name], other[name])),
    durations: byName(durationKinds, (kind) => mergeHistograms(one.durations[kind], other.durations[kind])),
  }
}

function byName<Name extends string, Value>(names: readonly Name[], make: (name: Name) => Value): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>
}

function addedCounts(one: Counts, other: Counts): Counts {
  const sum: Record<string, number> = { ...one }
  for (const [key, count] of Object.entries(other)) sum[key] = (sum[key] ?? 0) + count
  return sum
}
