/**
 * Histograms with fixed buckets: a few numbers however long a connection lives.
 *
 * @module
 */
import { type DurationHistogram, durationBounds } from './metrics.ts'

export const emptyHistogram: DurationHistogram = {
  count: 0,
  sum: 0,
  min: 0,
  max: 0,
  buckets: [...durationBounds, Number.POSITIVE_INFINITY].map(() => 0),
}

/** The histogram with one duration more. */
export function withDuration(histogram: DurationHistogram, milliseconds: number): DurationHistogram {
  const found = durationBounds.findIndex((bound) => milliseconds <= bound)
  const bucket = found < 0 ? durationBounds.length : found
  return mergeHistograms(histogram, {
    count: 1,
    sum: milliseconds,
    min: milliseconds,
    max: milliseconds,
    buckets: emptyHistogram.buckets.map((_, index) => (index === bucket ? 1 : 0)),
  })
}

/** Both together. */
export function mergeHistograms(one: DurationHistogram, other: DurationHistogram): DurationHistogram {
  // The smallest of nothing is 0, which would win against every real one.
  if (one.count === 0) return other
  if (other.count === 0) return one
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
    buckets: one.buckets.map((count, index) => count + (other.buckets[index] ?? 0)),
  }
}
