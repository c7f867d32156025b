/**
 * Token buckets: so many a second on average, so many at once.
 *
 * A bucket is one number, the time at which it is full again. So a full bucket needs no memory at all, and nothing has to refill it.
 *
 * @module
 */

import type { Clock } from '../clock.ts'
import type { Rate } from '../limits.ts'
import { BoundedMap } from './bounded-map.ts'

/** Whoever comes from more addresses than this makes us forget the ones that have been quiet for longest. */
const MOST_BUCKETS = 100_000

/** Sums of fractions of a millisecond come out a hair short. */
const ROUNDING_MS = 0.001

/** Why nothing was taken, or when the bucket will be full again after it was. */
type Payment = { readonly waitMs: number } | { readonly waitMs: 0; readonly fullAt: number }

/**
 * Takes from a bucket. Something bigger than the whole bucket is paid for by waiting afterwards: it would otherwise never pass,
 * and an operator who raises one limit would have to find the other.
 */
export function payFrom(rate: Rate, fullAt: number, now: number, amount: number): Payment {
  if (isUnlimited(rate)) return { waitMs: 0, fullAt: 0 }
  const perMs = rate.perSecond / 1000
  const untilFull = Math.max(0, fullAt - now)
  const missing = Math.min(amount, rate.burst) - (rate.burst - untilFull * perMs)
  const waitMs = missing / perMs
  if (waitMs > ROUNDING_MS) return { waitMs: Math.ceil(waitMs - ROUNDING_MS) }
  return { waitMs: 0, fullAt: now + untilFull + amount / perMs }
}

function isUnlimited({ perSecond, burst }: Rate): boolean {
  return perSecond === Number.POSITIVE_INFINITY || burst === Number.POSITIVE_INFINITY
}

/** One bucket: of a connection, or of the whole server. */
export class Bucket {
  readonly #rate: Rate
  readonly #clock: Clock
  /** Times count from here: of thirteen digits before the point a number has too few left behind it. */
  readonly #start: number
  #fullAt = 0

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate
    this.#clock = clock
    this.#start = clock.now()
  }

  /** Takes so many. 0: taken. Otherwise nothing was, and it is worth another try after so many milliseconds. */
  pay(amount: number): number {
    const paid = payFrom(this.#rate, this.#fullAt, this.#clock.now() - this.#start, amount)
    if ('fullAt' in paid) this.#fullAt = paid.fullAt
    return paid.waitMs
  }
}

/** A bucket for everybody, by key. */
export class Buckets {
  readonly #rate: Rate
  readonly #clock: Clock
  readonly #start: number
  readonly #fullAt: BoundedMap<number>

  constructor(rate: Rate, clock: Clock, most = MOST_BUCKETS) {
    this.#rate = rate
    this.#clock = clock
    this.#start = clock.now()
    this.#fullAt = new BoundedMap(most)
  }

  /** How many buckets are not known to be full. */
  get size(): number {
    return this.#fullAt.size
  }

  /** As {@link Bucket.pay}, from the bucket of this key. */
  pay(key: string, amount: number): number {
    if (isUnlimited(this.#rate)) return 0
    const now = this.#clock.now() - this.#start
    const paid = payFrom(this.#rate, this.#fullAt.get(key) ?? 0, now, amount)
    if ('fullAt' in paid) {
      this.#forgetFull(now)
      this.#fullAt.set(key, paid.fullAt)
    }
    return paid.waitMs
  }

  /** Two for each that may be new: the map shrinks to those who are busy, and no timer is needed for it. */
  #forgetFull(now: number): void {
    for (const [key, fullAt] of this.#fullAt.oldest(2)) if (fullAt <= now) this.#fullAt.delete(key)
  }
}
