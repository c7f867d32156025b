/**
 * Shares as people read them.
 *
 * @module
 */

/** Whole percent of a share from 0 to 1, rounded down: 99.9 is not all. */
export function wholePercent(share: number): number {
  return Math.floor(share * 100)
}
