/**
 * One origin of a pool: its breaker, its budget, and the connections that share them.
 *
 * @module
 */
import { type ActorRefFrom, createActor, type StateValueFrom } from 'xstate'
import { type BreakerEmitted, type BreakerInput, breakerMachine, cooldownOf } from '../../machines/breaker.ts'
import { RequestBudget } from './budget.ts'
import { type Clock, timeOn } from './clock.ts'
import { reportUncaught } from './report.ts'

/** A connection's share in an origin. */
export interface Membership {
  /** Milliseconds until the breaker and the budget admit a request; 0 when they do now. */
  wait(): number
  spend(): void
  succeeded(): void
  failed(): void
  leave(): void
}

export type Breaker = ActorRefFrom<typeof breakerMachine>

type HalfOpen = Extract<StateValueFrom<typeof breakerMachine>, object>

/** The innermost state. */
type BreakerState = Extract<StateValueFrom<typeof breakerMachine>, string> | HalfOpen['halfOpen']

export interface OriginOptions {
  readonly breaker: BreakerInput
  readonly requestsPerMinute: number
  readonly clock: Clock | undefined
  /** The last member has left. */
  readonly deserted: () => void
}

export class Origin {
  readonly breaker: Breaker
  readonly #budget: RequestBudget
  readonly #clock: Clock | undefined
  readonly #deserted: () => void
  readonly #members = new Set<Member>()
  #state: BreakerState
  #changedAt: number
  #failedAt: number

  constructor({ breaker, clock, deserted, requestsPerMinute }: OriginOptions) {
    this.#budget = new RequestBudget(requestsPerMinute)
    this.#clock = clock
    this.#deserted = deserted
    this.#changedAt = this.#failedAt = this.#now()
    this.breaker = createActor(breakerMachine, { input: breaker, ...(clock && { clock }) })
    this.#state = stateOf(this.breaker.getSnapshot().value)
    this.breaker.subscribe(({ value }) => this.#moved(stateOf(value)))
    // Once for all: a listener of the emitter for each member would be a bound function and a closure more for each connection.
    this.breaker.on('*', (event) => this.#tell(event))
    this.breaker.start()
  }

  join(tell: (event: BreakerEmitted) => void): Membership {
    const member = new Member(this, tell)
    this.#members.add(member)
    return member
  }

  leave(member: Member): void {
    if (this.#members.delete(member) && this.#members.size === 0) this.#deserted()
  }

  wait(): number {
    const now = this.#now()
    return Math.max(this.#closedFor(now), this.#budget.wait(now))
  }

  spend(): void {
    this.#budget.spend(this.#now())
    this.breaker.send({ type: 'attempt' })
  }

  succeeded(): void {
    this.breaker.send({ type: 'success' })
  }

  failed(): void {
    this.#failedAt = this.#now()
    this.breaker.send({ type: 'failure' })
  }

  get isDeserted(): boolean {
    return this.#members.size === 0
  }

  /**
   * Whether a new origin in its place would do the same. A breaker that is open stays, as does what was spent; failures that opened
   * none, and a trial that nobody wanted to make, are old news after the longest cooldown.
   */
  get isForgettable(): boolean {
    const now = this.#now()
    const { context, value } = this.breaker.getSnapshot()
    if (!this.isDeserted || !this.#budget.isWhole(now) || value === 'open') return false
    if (value === 'closed' && context.failures === 0) return true
    return now - Math.max(this.#changedAt, this.#failedAt) >= context.longestCooldown
  }

  #now(): number {
    return timeOn(this.#clock ?? {})
  }

  /** How long the breaker keeps others out: until its cooldown is over, or until a trial must have come to an end. */
  #closedFor(now: number): number {
    const { context, value } = this.breaker.getSnapshot()
    if (value === 'closed') return 0
    if (value === 'open') return Math.max(1, this.#changedAt + cooldownOf(context) - now)
    return value.halfOpen === 'ready' ? 0 : Math.max(1, this.#changedAt + context.trialTimeout - now)
  }

  /** Once for each state, not for each event: a failure that comes late must keep nobody out for longer. */
  #moved(state: BreakerState): void {
    if (state === this.#state) return
    this.#state = state
    this.#changedAt = this.#now()
  }

  #tell(event: BreakerEmitted): void {
    // Copied: who hears of it may leave, and who joins meanwhile sees for himself.
    for (const member of [...this.#members]) {
      try {
        member.tell(event)
      } catch (error) {
        reportUncaught(error)
      }
    }
  }
}

/** Two references and no closures: there is one for each connection. */
class Member implements Membership {
  readonly tell: (event: BreakerEmitted) => void
  readonly #origin: Origin

  constructor(origin: Origin, tell: (event: BreakerEmitted) => void) {
    this.#origin = origin
    this.tell = tell
  }

  wait(): number {
    return this.#origin.wait()
  }

  spend(): void {
    this.#origin.spend()
  }

  succeeded(): void {
    this.#origin.succeeded()
  }

  failed(): void {
    this.#origin.failed()
  }

  leave(): void {
    this.#origin.leave(this)
  }
}

function stateOf(value: StateValueFrom<typeof breakerMachine>): BreakerState {
  return typeof value === 'string' ? value : value.halfOpen
}
