/**
 * Everybody who stays: counted, and shown the door when their time is over.
 *
 * @module
 */

import type { Clock } from '../clock.ts'
import type { Limits } from '../limits.ts'
import { isExpired } from './authentication.ts'
import { full, invalidToken, tokenExpired, tooManyConnections } from './refusals.ts'
import type { Revocations } from './revocations.ts'
import type { Visitor } from './visitor.ts'

/** Why somebody has to go. `forbidden`: what it does is not allowed to it any more. */
export type Expulsion = 'revoked' | 'expired' | 'forbidden'

/** A connection that stays open. */
export interface Connection {
  /** It has to end now. Called once at most. */
  expelled(why: Expulsion): void
}

/** A connection's place inside. */
export interface Entry {
  /** The connection has ended. Idempotent. */
  leave(): void
  /**
   * It is somebody else's now: a stranger's who has greeted, or the same principal's with a new credential.
   *
   * @throws Refusal as on entering; then everything is as it was.
   */
  renew(visitor: Visitor): void
}

export interface ConnectionsOptions {
  readonly limits: Pick<Limits, 'connections' | 'connectionsPerAddress' | 'connectionsPerPrincipal'>
  readonly revocations: Revocations
  readonly clock: Clock
  readonly report: (error: unknown) => void
  /** Told of each connection that has to end. */
  readonly expelled: (visitor: Visitor, why: Expulsion) => void
}

/** One timer for all: a credential ends a second late at most, and 10,000 of them cost one wake-up. */
const CHECK_MS = 1_000

export class Connections {
  readonly #options: ConnectionsOptions
  readonly #byNetwork = new Map<string, number>()
  readonly #byPrincipal = new Map<string, Set<Place>>()
  /** Those whose credential ends some time. */
  readonly #expiring = new Set<Place>()
  #size = 0
  #timer: unknown = null

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  /**
   * @throws Refusal 503 when the server is full, 429 when the network or the principal has too many, 401 when the credential has
   * ended in the meantime.
   */
  enter(visitor: Visitor, connection: Connection): Entry {
    const { limits } = this.#options
    this.#check(visitor)
    if (this.#size >= limits.connections) throw full()
    const ofNetwork = this.#byNetwork.get(visitor.network) ?? 0
    if (ofNetwork >= limits.connectionsPerAddress || this.#isCrowded(visitor)) throw tooManyConnections()
    this.#size++
    this.#byNetwork.set(visitor.network, ofNetwork + 1)
    const place = new Place(this, visitor, connection)
    this.#settle(place)
    return place
  }

  /** Expels everybody who is this principal. */
  revoke(principalId: string): void {
    for (const place of this.#byPrincipal.get(principalId) ?? []) this.#expel(place, 'revoked')
  }

  /** Leaves no timer behind. Who is still inside stays. */
  close(): void {
    this.#options.clock.clearTimeout(this.#timer)
    this.#timer = null
  }

  #check({ principal, identity }: Visitor): void {
    const { clock, revocations } = this.#options
    if (isExpired(principal, clock)) throw tokenExpired()
    if (revocations.undid(principal, identity.moment)) throw invalidToken()
  }

  #isCrowded({ principal }: Visitor): boolean {
    if (principal === null) return false
    return (this.#byPrincipal.get(principal.id)?.size ?? 0) >= this.#options.limits.connectionsPerPrincipal
  }

  /** @throws Refusal as {@link Connections.enter}. */
  renew(place: Place, visitor: Visitor): void {
    if (place.state !== 'inside') return
    this.#check(visitor)
    const isOther = visitor.principal?.id !== place.visitor().principal?.id
    if (isOther && this.#isCrowded(visitor)) throw tooManyConnections()
    this.#unsettle(place)
    place.becomes(visitor)
    this.#settle(place)
  }

  leave(place: Place): void {
    if (place.state === 'gone') return
    place.state = 'gone'
    this.#unsettle(place)
    this.#size--
    const { network } = place.visitor()
    const left = (this.#byNetwork.get(network) ?? 1) - 1
    if (left === 0) this.#byNetwork.delete(network)
    else this.#byNetwork.set(network, left)
  }

  #settle(place: Place): void {
    const { principal } = place.visitor()
    if (principal === null) return
    const others = this.#byPrincipal.get(principal.id)
    if (others === undefined) this.#byPrincipal.set(principal.id, new Set([place]))
    else others.add(place)
    if (principal.expiresAt === undefined) return
    this.#expiring.add(place)
    this.#timer ??= this.#nextCheck()
  }

  #unsettle(place: Place): void {
    this.#expiring.delete(place)
    if (this.#expiring.size === 0) this.close()
    const id = place.visitor().principal?.id
    const others = id === undefined ? undefined : this.#byPrincipal.get(id)
    if (id === undefined || others === undefined) return
    others.delete(place)
    if (others.size === 0) this.#byPrincipal.delete(id)
  }

  #nextCheck(): unknown {
    return this.#options.clock.setTimeout(() => {
      this.#timer = null
      for (const place of this.#expiring)
        if (isExpired(place.visitor().principal, this.#options.clock)) this.#expel(place, 'expired')
      if (this.#expiring.size > 0) this.#timer ??= this.#nextCheck()
    }, CHECK_MS)
  }

  /** It counts until it has really ended: a socket whose peer does not answer the close frame still takes its memory. */
  #expel(place: Place, why: Expulsion): void {
    if (place.state !== 'inside') return
    place.state = 'expelled'
    this.#expiring.delete(place)
    this.#options.expelled(place.visitor(), why)
    try {
      place.connection().expelled(why)
    } catch (error) {
      this.#options.report(error)
    }
  }
}

/** A class, not an object of closures: there is one for each of ten thousand connections. Private fields and methods, so that printing it shows nothing. */
class Place implements Entry {
  state: 'inside' | 'expelled' | 'gone' = 'inside'
  #visitor: Visitor
  readonly #connection: Connection
  readonly #connections: Connections

  constructor(connections: Connections, visitor: Visitor, connection: Connection) {
    this.#connections = connections
    this.#visitor = visitor
    this.#connection = connection
  }

  visitor(): Visitor {
    return this.#visitor
  }

  connection(): Connection {
    return this.#connection
  }

  leave(): void {
    this.#connections.leave(this)
  }

  renew(visitor: Visitor): void {
    this.#connections.renew(this, visitor)
  }

  becomes(visitor: Visitor): void {
    this.#visitor = visitor
  }
}
