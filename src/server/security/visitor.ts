/**
 * Who is inside.
 *
 * @module
 */

import { addressKey } from './address.ts'
import type { Principal } from './principal.ts'

/** Who somebody turned out to be. */
export interface Identity {
  /** `null`: anonymous. */
  readonly principal: Principal | null
  /** The same for the same credential: what one token may do says nothing about another token of the same principal. */
  readonly scope: string
  /** When it was found out, counted in revocations. */
  readonly moment: number
}

/**
 * Somebody the gate has let in. Only the gate makes one.
 *
 * Everything is private: an error or a log line that prints a visitor shows nothing of who it is.
 */
export class Visitor {
  readonly #identity: Identity
  readonly #address: string
  readonly #network: string
  readonly #origin: string | null

  constructor(identity: Identity, address: string, origin: string | null) {
    this.#identity = identity
    this.#address = address
    this.#network = addressKey(address)
    this.#origin = origin
  }

  /** `null`: anonymous. */
  get principal(): Principal | null {
    return this.#identity.principal
  }

  /** The peer's IP address, behind trusted proxies the one they vouch for; empty when there is none. */
  get address(): string {
    return this.#address
  }

  /** The address as limits count it: of IPv6 the /64. */
  get network(): string {
    return this.#network
  }

  /** What rates and quotas go by: `p:` and the principal's id, or `a:` and the network. */
  get key(): string {
    const { principal } = this.#identity
    return principal === null ? `a:${this.#network}` : `p:${principal.id}`
  }

  /** The page it came from, as the browser says. */
  get origin(): string | null {
    return this.#origin
  }

  /** For the gate. */
  get identity(): Identity {
    return this.#identity
  }

  /** Nothing, for the same reason. */
  toJSON(): object {
    return {}
  }
}
