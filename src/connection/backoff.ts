/**
 * How long to wait before the next attempt: full jitter over an exponential window, above the server's floor.
 * Pure: the random number is handed in, so a day of reconnects is one table.
 *
 * @module
 */

import { believedPause } from '../errors.ts'

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
 * The spread over a floor that everybody was given, in milliseconds: of 10,000 clients that a server sent away with the same
 * pause, at most 2 % come in any 100 ms (architecture 8).
 */
const crowdSpread = 7_500

/** One draw. */
export interface BackoffDraw extends Backoff {
  /** 1 for the first retry. */
  readonly attempt: number
  /** A random number from 0 up to 1. Every retry is jittered, the first too: 10,000 clients cut at once must not return at once. */
  readonly chance: number
  /** What the server asked for, in milliseconds; jitter comes on top. */
  readonly floor: number
  /** Whether the server sends everybody away: it drains, or is overloaded. */
  readonly crowd: boolean
}

/** The delay before attempt number `attempt`, in milliseconds. */
export function backoffDelay({ base, cap, attempt, chance, floor, crowd }: BackoffDraw): number {
  const spread = crowd && floor > 0 ? Math.max(crowdSpread, windowOf(base, cap, attempt)) : windowOf(base, cap, attempt)
  return Math.round(believedPause(floor) + chance * spread)
}

/**
 * 500 ms for a lone cut; whoever fails twice is likely one of many, and those who tried within half a second must be spread over
 * four before at most 5 % of them come in any 100 ms. From there it doubles.
 */
function windowOf(base: number, cap: number, attempt: number): number {
  // 2^31 would overflow the window long after any cap; the exponent needs no more than that.
  return Math.min(cap, attempt <= 1 ? base : base * 2 ** Math.min(attempt + 1, 31))
}
