/**
 * Whether another request may go out: the connection's own budget and, in a pool, the breaker and budget of the origin.
 *
 * @module
 */
import type { BreakerEmitted } from '../../machines/breaker.ts'
import { addressOf } from './address.ts'
import { RequestBudget } from './budget.ts'
import { type Clock, timeOn } from './clock.ts'
import type { Membership, Pool } from './pool.ts'

/** The most requests of one connection in any minute. */
const mostPerMinute = 30

export class Admission {
  readonly #budget: RequestBudget
  readonly #clock: Pick<Clock, 'now'>
  #membership: Membership | undefined

  constructor(clock: Pick<Clock, 'now'>, retryBudget = mostPerMinute) {
    this.#budget = new RequestBudget(retryBudget)
    this.#clock = clock
  }

  /** Joins the pool's share of an origin, or leaves it. */
  join(pool: Pool | undefined, origin: string, tell: (event: BreakerEmitted) => void): void {
    this.#membership ??= pool?.join(origin, tell)
  }

  leave(): void {
    this.#membership?.leave()
    this.#membership = undefined
  }

  /** Milliseconds until a request may go out; 0 when it may now. */
  wait(): number {
    return Math.max(this.#budget.wait(timeOn(this.#clock)), this.#membership?.wait() ?? 0)
  }

  spend(): void {
    this.#budget.spend(timeOn(this.#clock))
    this.#membership?.spend()
  }

  /** The server answered, or did not: only that is the breaker's business, not what it said. */
  note(reached: boolean): void {
    if (reached) this.#membership?.succeeded()
    else this.#membership?.failed()
  }
}

/** Scheme and host, WebSockets counted with their HTTP; empty where there is no such URL, and the dial will say so. */
export function originOf(input: object): string {
  const address = addressOf('url' in input ? input.url : undefined)
  return address?.origin.replace(/^ws/, 'http') ?? ''
}
