/**
 * `Stream-Cursor`: the base protocol's defence against a cache that answers the same empty page for ever.
 *
 * @module
 */

import type { Clock } from './clock.ts'

/** Base protocol section 8.1: intervals of 20 s, counted from 2024-10-09. */
const EPOCH_MS = Date.UTC(2024, 9, 9)
const INTERVAL_MS = 20_000

/** A client that is ahead is sent on by 1 to 3,600 s worth of intervals. */
const MAX_JUMP = 3_600_000 / INTERVAL_MS

/** The cursor to send. It never goes back behind the one the client has. */
export function nextCursor(asked: string | null, clock: Clock, random: () => number): string {
  const current = interval(clock)
  if (asked === null) return String(current)
  const known = Number(asked)
  return String(known < current ? current : known + 1 + Math.floor(random() * (MAX_JUMP - 1)))
}

/** The cursor of a read that stays open: it moves on with time, and is the same for all who asked without one. */
export function laterCursor(cursor: string, clock: Clock): string {
  const current = interval(clock)
  return current > Number(cursor) ? String(current) : cursor
}

function interval(clock: Clock): number {
  return Math.floor((clock.now() - EPOCH_MS) / INTERVAL_MS)
}
