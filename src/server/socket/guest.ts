/**
 * Who is at the other end of a connection, from the handshake until it ends.
 *
 * @module
 */

import type { Connection, Entry, Expulsion, Gate, RequestFacts, Visitor } from '../security/gate.ts'
import type { Action } from '../security/principal.ts'

export class Guest implements Connection {
  readonly #gate: Gate
  readonly #entry: Entry
  #visitor: Visitor
  /** Of the handshake, until somebody has said who he is. */
  #facts: RequestFacts | null
  #host: Connection | null = null

  /**
   * @param facts `null`: the handshake has shown who it is.
   * @throws Refusal when there is no place left.
   */
  constructor(gate: Gate, visitor: Visitor, facts: RequestFacts | null) {
    this.#gate = gate
    this.#visitor = visitor
    this.#facts = facts
    this.#entry = gate.enter(visitor, this)
  }

  /** Lets a handshake in. Rejects with a Refusal. */
  static async admit(gate: Gate, facts: RequestFacts): Promise<Guest> {
    const visitor = await gate.admitUpgrade(facts)
    return visitor === 'greeting' ? new Guest(gate, gate.stranger(facts), facts) : new Guest(gate, visitor, null)
  }

  get visitor(): Visitor {
    return this.#visitor
  }

  /** Whether it has still to be found out who this is. */
  get isStranger(): boolean {
    return this.#facts !== null
  }

  /** When the credential ends, in seconds since 1970. */
  get expiry(): number | undefined {
    const at = this.#visitor.principal?.expiresAt
    return at === undefined ? undefined : Math.floor(at / 1000)
  }

  /** Who is told when its time is over. */
  attend(host: Connection): void {
    this.#host = host
  }

  expelled(why: Expulsion): void {
    this.#host?.expelled(why)
  }

  /** Takes the token of `hello`. Rejects with a Refusal. */
  async greet(token: string | undefined): Promise<void> {
    const facts = this.#facts
    if (facts !== null) this.#become(await this.#gate.greet(facts, token))
    else if (token !== undefined) await this.renew(token)
    this.#facts = null
  }

  /** Takes a new credential of the same principal. Rejects with a Refusal. */
  async renew(token: string): Promise<void> {
    this.#become(await this.#gate.renew(this.#visitor, token))
  }

  allows(action: Action, path: string): Promise<boolean> {
    return this.#gate.allows(this.#visitor, action, path)
  }

  leave(): void {
    this.#entry.leave()
  }

  #become(visitor: Visitor): void {
    this.#entry.renew(visitor)
    this.#visitor = visitor
  }
}
