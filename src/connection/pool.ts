/**
 * What connections to one origin share: a circuit breaker and a retry budget. A server in trouble meets one trial at a time,
 * not every tab and every widget by itself.
 *
 * @module
 */
import type { BreakerEmitted, BreakerInput } from '../../machines/breaker.ts'
import { TransportError } from '../errors.ts'
import type { Clock } from './clock.ts'
import { type Breaker, type Membership, Origin } from './pool-origin.ts'

export type { Breaker, Membership } from './pool-origin.ts'

export interface PoolOptions extends Partial<BreakerInput> {
  /** The most requests of all connections to one origin in any minute. Default 120. */
  readonly requestsPerMinute?: number | undefined
  /** The clock of breaker and budget. Default: real time. */
  readonly clock?: Clock | undefined
}

export interface Pool {
  /** Joins the connections to an origin; `tell` hears when the breaker opens and closes. */
  join(origin: string, tell: (event: BreakerEmitted) => void): Membership
  /**
   * The breaker of an origin, to be watched or inspected; `undefined` when nobody joined, or everybody left and there is nothing to
   * remember: neither an open breaker nor a request of the last minute.
   */
  breaker(origin: string): Breaker | undefined
}

/** What a breaker is unless the pool says otherwise: five failures in a row open it for 5 s, at most 60 s. */
const defaults: BreakerInput = { threshold: 5, cooldown: 5_000, longestCooldown: 60_000, trialTimeout: 10_000 }

/**
 * Creates a pool. Give the same one to every connection that should share it.
 *
 * @throws TransportError `bad_option` for a number nothing can work with.
 * @example
 * const pool = createPool()
 * const prices = createActor(sseConnection, { input: { url: '/prices', pool } })
 */
export function createPool({ clock, requestsPerMinute = 120, ...breaker }: PoolOptions = {}): Pool {
  const input = { ...defaults, ...breaker }
  for (const [name, value] of Object.entries({ requestsPerMinute, ...input })) {
    if (!(value > 0 && value < 2 ** 31)) throw new TransportError('bad_option', `Option ${name} must be above 0.`)
  }
  const origins = new Map<string, Origin>()
  /** Those that nobody shares any more and that have something to remember still. */
  const deserted = new Set<string>()

  const open = (name: string): Origin => {
    const origin = new Origin({ breaker: input, requestsPerMinute, clock, deserted: () => release(name, origin) })
    origins.set(name, origin)
    return origin
  }
  const release = (name: string, origin: Origin): void => {
    deserted.delete(name)
    if (!origin.isDeserted) return
    if (!origin.isForgettable) {
      deserted.add(name)
      return
    }
    origins.delete(name)
    origin.breaker.stop()
  }
  /** Looks at those that wait longest: two for each that joins, so that they grow fewer, and without a timer. */
  const review = (): void => {
    for (const name of firstOf(deserted, 2)) {
      const origin = origins.get(name)
      if (origin !== undefined) release(name, origin)
    }
  }

  return {
    join(name, tell) {
      const membership = (origins.get(name) ?? open(name)).join(tell)
      review()
      return membership
    },
    breaker: (name) => origins.get(name)?.breaker,
  }
}

function firstOf(names: Iterable<string>, most: number): string[] {
  const first: string[] = []
  for (const name of names) {
    if (first.length === most) break
    first.push(name)
  }
  return first
}
