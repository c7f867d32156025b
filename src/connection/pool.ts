/**
 * What connections to one origin share: a circuit breaker and a retry budget. A server in trouble meets one trial at a time,
 * not every tab and every widget by itself.
 *
 * @module
 */
import { type ActorRefFrom, createActor } from 'xstate'
import { type BreakerEmitted, type BreakerInput, breakerMachine, cooldownOf } from '../../machines/breaker.ts'
import { TransportError } from '../errors.ts'
import { RequestBudget } from './budget.ts'
import { type Clock, timeOn } from './clock.ts'

export interface PoolOptions extends Partial<BreakerInput> {
  /** The most requests of all connections to one origin in any minute. Default 120. */
  readonly requestsPerMinute?: number | undefined
  /** The clock of breaker and budget. Default: real time. */
  readonly clock?: Clock | undefined
}

/** A connection's share in an origin. */
export interface Membership {
  /** Milliseconds until the breaker and the budget admit a request; 0 when they do now. */
  wait(): number
  spend(): void
  succeeded(): void
  failed(): void
  leave(): void
}

export interface Pool {
  /** Joins the connections to an origin; `tell` hears when the breaker opens and closes. */
  join(origin: string, tell: (event: BreakerEmitted) => void): Membership
  /** The breaker of an origin, to be watched or inspected; `undefined` when nobody ever joined. */
  breaker(origin: string): Breaker | undefined
}

export type Breaker = ActorRefFrom<typeof breakerMachine>

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
  return {
    join(origin, tell) {
      const known = origins.get(origin) ?? openOrigin(input, requestsPerMinute, clock)
      origins.set(origin, known)
      return known.join(tell)
    },
    breaker: (origin) => origins.get(origin)?.breaker,
  }
}

interface Origin {
  readonly breaker: Breaker
  join(tell: (event: BreakerEmitted) => void): Membership
}

function openOrigin(input: BreakerInput, requestsPerMinute: number, clock: Clock | undefined): Origin {
  const budget = new RequestBudget(requestsPerMinute)
  const now = (): number => timeOn(clock ?? {})
  const breaker = createActor(breakerMachine, { input, ...(clock && { clock }) })
  let changedAt = now()
  // Once for each state, not for each event: a failure that comes late must keep nobody out for longer.
  breaker
    .select(({ value }) => JSON.stringify(value))
    .subscribe(() => {
      changedAt = now()
    })
  breaker.start()

  /** How long the breaker keeps others out: until its cooldown is over, or until a trial must have come to an end. */
  const closedFor = (): number => {
    const { context, value } = breaker.getSnapshot()
    if (value === 'closed') return 0
    if (value === 'open') return Math.max(1, changedAt + cooldownOf(context) - now())
    return value.halfOpen === 'ready' ? 0 : Math.max(1, changedAt + context.trialTimeout - now())
  }

  return {
    breaker,
    join(tell) {
      const subscription = breaker.on('*', tell)
      return {
        wait: () => Math.max(closedFor(), budget.wait(now())),
        spend() {
          budget.spend(now())
          breaker.send({ type: 'attempt' })
        },
        succeeded: () => breaker.send({ type: 'success' }),
        failed: () => breaker.send({ type: 'failure' }),
        leave: () => subscription.unsubscribe(),
      }
    },
  }
}
