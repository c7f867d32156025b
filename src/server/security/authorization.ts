/**
 * Who may do what with which stream.
 *
 * @module
 */

import type { Clock } from '../clock.ts'
import { isExpired } from './authentication.ts'
import { BoundedMap } from './bounded-map.ts'
import { askHook } from './hook.ts'
import type { Action, Authorize } from './principal.ts'
import type { Revocations } from './revocations.ts'
import type { Visitor } from './visitor.ts'

export interface AuthorizationOptions {
  readonly authorize: Authorize | undefined
  readonly allowAnonymous: boolean
  readonly revocations: Revocations
  readonly clock: Clock
  readonly report: (error: unknown) => void
}

const CACHE_MS = 60_000
const MOST_ANSWERS = 10_000

/** A yes, and what it rests on. */
interface Permission {
  readonly until: number
  readonly moment: number
}

export class Authorization {
  readonly #options: AuthorizationOptions
  /** Only what is allowed: who has just been granted something need not wait for it. */
  readonly #permissions = new BoundedMap<Permission>(MOST_ANSWERS)

  constructor(options: AuthorizationOptions) {
    this.#options = options
  }

  /** Whether it is allowed. A hook that throws is reported, and means no. */
  async allows(visitor: Visitor, action: Action, path: string): Promise<boolean> {
    if (!this.#stands(visitor)) return false
    const { authorize, clock, revocations } = this.#options
    if (authorize === undefined) return true
    const { principal, identity } = visitor
    const key = `${identity.scope} ${action} ${path}`
    const known = this.#permissions.get(key)
    if (known !== undefined && clock.now() < known.until && !revocations.undid(principal, known.moment)) return true
    const { moment } = revocations
    const allowed = await this.#ask(() => authorize(principal, action, path))
    // It may have been revoked, or have expired, while the hook thought.
    if (!allowed || !this.#stands(visitor)) return false
    this.#permissions.set(key, { until: clock.now() + CACHE_MS, moment })
    return true
  }

  #stands(visitor: Visitor): boolean {
    const { allowAnonymous, clock, revocations } = this.#options
    const { principal, identity } = visitor
    if (principal === null) return allowAnonymous
    return !isExpired(principal, clock) && !revocations.undid(principal, identity.moment)
  }

  async #ask(ask: () => boolean | Promise<boolean>): Promise<boolean> {
    try {
      // Not merely truthy: a row of a database is no permission.
      return (await askHook(this.#options.clock, 'authorize', ask)) === true
    } catch (error) {
      this.#options.report(error)
      return false
    }
  }
}
