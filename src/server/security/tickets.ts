/**
 * One-time tickets: what a page shows when it opens a WebSocket, where it can set no header.
 *
 * @module
 */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { tooManyTickets } from './refusals.ts'
import type { Identity, Visitor } from './visitor.ts'

/** A ticket, and until when it is good: milliseconds since 1970. */
export interface IssuedTicket {
  readonly ticket: string
  readonly expiresAt: number
}

const BYTES = 32
/** 32 bytes in base64url. */
const TICKET = /^[A-Za-z0-9_-]{43}$/
const LIFE_MS = 30_000

/** The first 66 bits find a ticket, the others, 190, prove it: a look-up in a map tells by its time how far it got. */
const NAME_LENGTH = 11

const MOST_TICKETS = 10_000
/** Nobody opens so many sockets at once, and one who fills the table must not lock out the others. */
const MOST_TICKETS_OF_ONE = 64

interface Ticket {
  readonly digest: Buffer
  readonly identity: Identity
  readonly key: string
  readonly origin: string | null
  readonly expiresAt: number
}

export class Tickets {
  readonly #clock: Clock
  /** In the order in which they were issued, hence in which they expire. */
  readonly #tickets = new Map<string, Ticket>()
  readonly #ofOne = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#tickets.size
  }

  /**
   * A ticket that is good once, within 30 s, for this visitor and a page of this origin.
   *
   * @throws Refusal 429 when too many are waiting to be used.
   */
  issue(visitor: Visitor, origin: string | null): IssuedTicket {
    this.#forgetExpired()
    const ofOne = this.#ofOne.get(visitor.key) ?? 0
    if (ofOne >= MOST_TICKETS_OF_ONE || this.#tickets.size >= MOST_TICKETS) throw tooManyTickets(LIFE_MS)
    const ticket = randomBytes(BYTES).toString('base64url')
    const expiresAt = this.#clock.now() + LIFE_MS
    const { identity, key } = visitor
    this.#tickets.set(nameOf(ticket), { digest: digestOf(ticket), identity, key, origin, expiresAt })
    this.#ofOne.set(key, ofOne + 1)
    return { ticket, expiresAt }
  }

  /** Uses a ticket up: whoever shows it with another origin has used it up as well. `null`: it is not good. */
  redeem(ticket: string, origin: string | null): Identity | null {
    if (!TICKET.test(ticket)) return null
    const found = this.#tickets.get(nameOf(ticket))
    if (found === undefined || !timingSafeEqual(found.digest, digestOf(ticket))) return null
    this.#forget(nameOf(ticket), found)
    return found.origin === origin && this.#clock.now() < found.expiresAt ? found.identity : null
  }

  /** Those of this principal are good no more. */
  revoke(principalId: string): void {
    for (const [name, ticket] of this.#tickets)
      if (ticket.identity.principal?.id === principalId) this.#forget(name, ticket)
  }

  #forgetExpired(): void {
    for (const [name, ticket] of this.#tickets) {
      if (this.#clock.now() < ticket.expiresAt) return
      this.#forget(name, ticket)
    }
  }

  #forget(name: string, { key }: Ticket): void {
    this.#tickets.delete(name)
    const left = (this.#ofOne.get(key) ?? 1) - 1
    if (left === 0) this.#ofOne.delete(key)
    else this.#ofOne.set(key, left)
  }
}

function nameOf(ticket: string): string {
  return ticket.slice(0, NAME_LENGTH)
}

function digestOf(ticket: string): Buffer {
  return createHash('sha256').update(ticket).digest()
}
