/**
 * Who was thrown out, and when.
 *
 * @module
 */

import { BoundedMap } from './bounded-map.ts'
import type { Principal } from './principal.ts'

/** What was found out before a revocation is over within seconds, so that only the newest are ever asked for. */
const MOST_REMEMBERED = 10_000

/**
 * Revocations, in the order in which they happened.
 *
 * A revocation has to hold for what is under way as well: an `authenticate` that looked into the database just before the row was
 * removed may answer just after. So everything that is known about a principal carries the moment at which it was asked for.
 */
export class Revocations {
  #count = 0
  readonly #moments = new BoundedMap<number>(MOST_REMEMBERED)

  /** Now, counted in revocations. */
  get moment(): number {
    return this.#count
  }

  revoke(principalId: string): void {
    this.#count++
    this.#moments.set(principalId, this.#count)
  }

  /** Whether what was asked for at that moment does not hold any more. */
  undid(principal: Principal | null, moment: number): boolean {
    return principal !== null && (this.#moments.get(principal.id) ?? 0) > moment
  }
}
