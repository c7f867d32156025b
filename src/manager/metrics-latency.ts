/**
 * Quantiles of durations, from a histogram or from the durations themselves.
 *
 * @module
 */
import { type DurationHistogram, durationBounds } from '../observe/metrics.ts'

/** How long something took, in milliseconds; `null` while it has not happened. */
export interface Latency {
  readonly count: number
  readonly p50: number | null
  readonly p95: number | null
  readonly max: number | null
}

const none: Latency = { count: 0, p50: null, p95: null, max: null }

/** Out of a histogram: within a bucket durations are taken to be spread evenly, so that a quantile is right to its bucket. */
export function latencyOf(histogram: DurationHistogram): Latency {
  if (histogram.count === 0) return none
  return { count: histogram.count, p50: quantile(histogram, 0.5), p95: quantile(histogram, 0.95), max: histogram.max }
}

/** Out of few durations: exact, by nearest rank. */
export function latencyOfAll(durations: readonly number[]): Latency {
  if (durations.length === 0) return none
  const sorted = [...durations].sort((one, other) => one - other)
  const ranked = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { count: sorted.length, p50: ranked(0.5), p95: ranked(0.95), max: ranked(1) }
}

function quantile({ buckets, count, max, min }: DurationHistogram, share: number): number {
  let wanted = share * count
  for (const [index, held] of buckets.entries()) {
    if (wanted > held) {
      wanted -= held
      continue
    }
    // No duration is outside of what was seen: of a single one every quantile is itself.
    const from = Math.max(min, durationBounds[index - 1] ?? 0)
    const to = Math.min(max, durationBounds[index] ?? max)
    return from + ((to - from) * wanted) / held
  }
  return max
}
