/**
 * How long to wait before the next attempt: full jitter over an exponential window, above the server's floor.
 * Pure: the random number is handed in, so a day of reconnects is one table.
 *
 * @module
 */

import { longestPause } from '../errors.ts'

/** The shape of the backoff. */
export interface Backoff {
  /** The first window in milliseconds. Default 500: a lone cut is back within half a second. */
  readonly base: number
  /** The widest window in milliseconds. Default 20,000. */
  readonly cap: number
}

export const defaultBackoff: Backoff = { base: 500, cap: 20_000 }

/** Timers above 2^31 - 1 ms fire at once (HTML timers, Node); 24.8 days is "never" for a connection. */
export const longestDelay = 2 ** 31 - 1

/**
 * The delay before attempt number `attempt`.
 *
 * @param attempt - 1 for the first retry.
 * @param chance - a random number from 0 up to 1. Every retry is jittered, the first too: 10,000 clients cut at once must not return at once.
 * @param floor - what the server asked for, in milliseconds; jitter comes on top.
 */
export function backoffDelay(backoff: Backoff, attempt: number, chance: number, floor: number): number {
  // 2^31 would overflow the window long after any cap; the exponent needs no more than that.
  const window = Math.min(backoff.cap, backoff.base * 2 ** Math.min(attempt - 1, 31))
  return Math.round(Math.min(floor, longestPause) + chance * window)
}
