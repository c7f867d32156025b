/**
 * The gate: everything that is checked before a request reaches a stream, in one place.
 *
 * @module
 */

import type { Clock } from '../clock.ts'
import { judgeOrigin, type OriginVerdict, originAt } from '../cors.ts'
import type { Limits } from '../limits.ts'
import { Refusal } from '../problem.ts'
import { addressKey } from './address.ts'
import { type AdmissionHooks, checkHooks } from './admission-hooks.ts'
import { Authentication, isExpired } from './authentication.ts'
import { Authorization } from './authorization.ts'
import { Bucket, Buckets } from './bucket.ts'
import { type Connection, Connections, type Entry } from './connections.ts'
import { bearerIn, checkToken, ticketIn } from './credentials.ts'
import { type Client, clientOf, type TrustedProxies, trustedProxiesFrom } from './forwarding.ts'
import type { Log } from './log.ts'
import type { Action, AuthenticationRequest } from './principal.ts'
import {
  busy,
  forbidden,
  invalidToken,
  originRefused,
  otherPrincipal,
  plainHttp,
  tokenExpired,
  tooMany,
} from './refusals.ts'
import { checkRequest, headerText, type RequestFacts } from './request-facts.ts'
import { Revocations } from './revocations.ts'
import { type IssuedTicket, Tickets } from './tickets.ts'
import { type Identity, Visitor } from './visitor.ts'

export interface GateOptions extends AdmissionHooks {
  /** A stream one may not use looks as if it were not there. */
  readonly hideForbidden: boolean
  /** Pages that may use the server, beside its own. Checked. */
  readonly origins: ReadonlySet<string>
  /** Addresses and CIDR blocks. */
  readonly trustedProxies: readonly string[]
  /** Plain HTTP is for this machine and trusted proxies only. */
  readonly production: boolean
  readonly limits: Limits
  readonly clock: Clock
  readonly report: (error: unknown) => void
  readonly log: Log
}

/** What is paid for out of somebody's buckets. */
export type Spending = 'requests' | 'handshakes' | 'publishes' | 'bytesIn' | 'creates'

export class Gate {
  readonly #options: GateOptions
  readonly #proxies: TrustedProxies
  readonly #revocations = new Revocations()
  readonly #authentication: Authentication
  readonly #authorization: Authorization
  readonly #connections: Connections
  readonly #tickets: Tickets
  readonly #accepts: Bucket
  readonly #buckets: Readonly<Record<Spending, Buckets>>

  /** @throws Error when an option is not right: see {@link checkHooks} and {@link trustedProxiesFrom}. */
  constructor(options: GateOptions) {
    checkHooks(options)
    const { authenticate, allowAnonymous, authorize, trustedProxies, limits, clock, log } = options
    const revocations = this.#revocations
    // A reporter that throws would let its error out in a timer, or in place of an answer.
    const report = (error: unknown): void => {
      try {
        options.report(error)
      } catch {}
    }
    const failures = limits.authenticationFailures
    this.#options = options
    this.#proxies = trustedProxiesFrom(trustedProxies)
    this.#authentication = new Authentication({ authenticate, allowAnonymous, failures, revocations, clock, report })
    this.#authorization = new Authorization({ authorize, allowAnonymous, revocations, clock, report })
    this.#connections = new Connections({
      limits,
      revocations,
      clock,
      report,
      expelled: ({ principal }, code) => log.write('info', 'connection.expelled', { principal: principal?.id, code }),
    })
    this.#tickets = new Tickets(clock)
    this.#accepts = new Bucket(limits.accepts, clock)
    this.#buckets = {
      requests: new Buckets(limits.requests, clock),
      handshakes: new Buckets(limits.handshakes, clock),
      publishes: new Buckets(limits.publishes, clock),
      bytesIn: new Buckets(limits.bytesIn, clock),
      creates: new Buckets(limits.creates, clock),
    }
  }

  /** Whether pages may send cookies: somebody looks at them. */
  get takesCookies(): boolean {
    return this.#authentication.asks
  }

  /** `none`: no page of another origin asks. `foreign`: one that is not on the list does. */
  judgeOrigin(facts: RequestFacts): OriginVerdict {
    return this.#judge(facts, clientOf(facts, this.#proxies))
  }

  /**
   * Lets an HTTP request in.
   *
   * @throws Refusal 400 `credential_in_url`, `duplicate_header`; 401 `unauthenticated`, `invalid_token`, `token_expired`; 403
   * `plain_http`; 429 `rate_limited`; 503 `authentication_unavailable`.
   */
  admit(facts: RequestFacts): Promise<Visitor> {
    return this.#logged(async () => {
      const client = this.#inspect(facts)
      return this.#paying('requests', client, async () => {
        const token = this.#authentication.asks ? bearerIn(facts.headers) : null
        return this.#visitor(await this.#identify(facts, client, token), facts, client)
      })
    })
  }

  /**
   * Lets a WebSocket handshake in. Who shows nothing is not sent away: the token may follow in `hello`.
   *
   * @throws Refusal as {@link Gate.admit}, and 403 `origin_refused`.
   */
  admitUpgrade(facts: RequestFacts): Promise<Visitor | 'greeting'> {
    return this.#logged(async () => {
      const client = this.#inspect(facts)
      if (this.#judge(facts, client) === 'foreign') throw originRefused()
      const visitor = await this.#paying('handshakes', client, async () => {
        const identity = await this.#identifyUpgrade(facts, client)
        return identity === null ? null : this.#visitor(identity, facts, client)
      })
      return visitor ?? 'greeting'
    })
  }

  /** Stands for a socket that has not greeted: it is counted by its address, and nothing is allowed to it but `hello`. */
  stranger(facts: RequestFacts): Visitor {
    return this.#visitor(this.#authentication.anonymous(), facts, clientOf(facts, this.#proxies))
  }

  /**
   * Lets in who greets.
   *
   * @param facts of the handshake.
   * @throws Refusal 401, 429, 503 as {@link Gate.admit}.
   */
  greet(facts: RequestFacts, token: string | undefined): Promise<Visitor> {
    return this.#logged(async () => {
      const client = clientOf(facts, this.#proxies)
      const checked = token === undefined || !this.#authentication.asks ? null : checkToken(token)
      return this.#visitor(await this.#identify(facts, client, checked), facts, client)
    })
  }

  /**
   * A new credential for somebody who is inside. `authenticate` sees no headers: an `auth` frame has none.
   *
   * @throws Refusal 401, 429, 503 as {@link Gate.admit}, and 403 `other_principal`.
   */
  renew(visitor: Visitor, token: string): Promise<Visitor> {
    return this.#logged(async () => {
      if (!this.#authentication.asks) return visitor
      const { address, network, origin } = visitor
      const request: AuthenticationRequest = {
        token: checkToken(token),
        address,
        over: 'websocket',
        header: () => undefined,
      }
      const identity = await this.#authentication.identify(request, network)
      if (identity.principal?.id !== visitor.principal?.id) throw otherPrincipal()
      // A scope of its own: what was cached for the old credential is not asked again.
      return new Visitor({ ...identity, scope: this.#authentication.newScope() }, address, origin)
    })
  }

  /**
   * Counts a connection that stays open, and expels it when its credential ends or is revoked.
   *
   * @throws Refusal 503 or 429 `connections`, 401 when the credential has ended meanwhile.
   */
  enter(visitor: Visitor, connection: Connection): Entry {
    try {
      return this.#connections.enter(visitor, connection)
    } catch (refusal) {
      this.#logRefusal(refusal)
      throw refusal
    }
  }

  /**
   * Counts a new connection of the whole server.
   *
   * @throws Refusal 503 `busy`.
   */
  accept(): void {
    const waitMs = this.#accepts.pay(1)
    if (waitMs > 0) throw busy(waitMs)
  }

  /** Takes from somebody's bucket. 0: taken. Otherwise nothing was, and there will be enough after so many milliseconds. */
  spend(visitor: Visitor, what: Spending, amount: number): number {
    return this.#buckets[what].pay(visitor.key, amount)
  }

  /** Whether somebody may do this. Never rejects; a hook that throws means no. */
  allows(visitor: Visitor, action: Action, path: string): Promise<boolean> {
    return this.#authorization.allows(visitor, action, path)
  }

  /** What to say when it is not allowed. */
  forbidden(): Refusal {
    return forbidden(this.#options.hideForbidden)
  }

  /**
   * A ticket for a WebSocket, see {@link Tickets.issue}.
   *
   * @param origin of the page that asks for it.
   */
  issueTicket(visitor: Visitor, origin: string | null): IssuedTicket {
    return this.#tickets.issue(visitor, origin)
  }

  /** Expels a principal, and forgets what it was allowed. It may come back when `authenticate` lets it. */
  revoke(principalId: string): void {
    this.#revocations.revoke(principalId)
    this.#tickets.revoke(principalId)
    this.#options.log.write('info', 'principal.revoked', { principal: principalId })
    this.#connections.revoke(principalId)
  }

  /** The origin a request was sent to, behind trusted proxies as they tell it; `null` when it named no host, or a malformed one. */
  addressedOrigin(facts: RequestFacts): string | null {
    const { host, encrypted } = clientOf(facts, this.#proxies)
    return originAt(encrypted ? 'https' : 'http', host)
  }

  /** Leaves no timer behind. */
  close(): void {
    this.#connections.close()
  }

  /** What is wrong whoever sent it. */
  #inspect(facts: RequestFacts): Client {
    checkRequest(facts)
    const client = clientOf(facts, this.#proxies)
    if (this.#options.production && !client.confidential) throw plainHttp()
    return client
  }

  #judge({ headers }: RequestFacts, client: Client): OriginVerdict {
    return judgeOrigin(headerText(headers, 'origin'), client, this.#options.origins)
  }

  #visitor(identity: Identity, { headers }: RequestFacts, client: Client): Visitor {
    return new Visitor(identity, client.address, headerText(headers, 'origin') ?? null)
  }

  #identify(facts: RequestFacts, client: Client, token: string | null): Promise<Identity> {
    const { address } = client
    const cookies = this.#seesCookies(facts, client)
    const header = (name: string): string | undefined => {
      const lower = name.toLowerCase()
      return lower === 'cookie' && !cookies ? undefined : headerText(facts.headers, lower)
    }
    return this.#authentication.identify({ token, address, over: facts.over, header }, addressKey(address))
  }

  /** `null`: it has shown nothing. */
  async #identifyUpgrade(facts: RequestFacts, client: Client): Promise<Identity | null> {
    const { headers } = facts
    const ticket = ticketIn(headers)
    if (ticket !== null) return this.#redeem(ticket, headerText(headers, 'origin') ?? null)
    if (!this.#authentication.asks) return this.#authentication.anonymous()
    const token = bearerIn(headers)
    const showsCookie = headerText(headers, 'cookie') !== undefined && this.#seesCookies(facts, client)
    if (token === null && !showsCookie) return null
    // A page sends all its cookies with every handshake. That none of them says who it is does not mean that nothing will.
    try {
      const identity = await this.#identify(facts, client, token)
      return identity.principal === null ? null : identity
    } catch (refusal) {
      if (token === null && refusal instanceof Refusal && refusal.code === 'unauthenticated') return null
      throw refusal
    }
  }

  #redeem(ticket: string, origin: string | null): Identity {
    const identity = this.#tickets.redeem(ticket, origin)
    if (identity === null) throw invalidToken()
    if (isExpired(identity.principal, this.#options.clock)) throw tokenExpired()
    return { ...identity, scope: this.#authentication.newScope() }
  }

  /**
   * A browser sends cookies for every page that asks, so they count only where the page is known. It names no `Origin` when a page
   * reads from its own server; `Sec-Fetch-Site`, which no page can forge, tells that one from a picture on another's page.
   */
  #seesCookies(facts: RequestFacts, client: Client): boolean {
    const verdict = this.#judge(facts, client)
    return (
      verdict === 'allowed' || (verdict === 'none' && headerText(facts.headers, 'sec-fetch-site') === 'same-origin')
    )
  }

  /** Who is known pays by name, who is not pays by address: a refusal costs work as well. */
  async #paying<Found extends Visitor | null>(
    what: Spending,
    client: Client,
    find: () => Promise<Found>,
  ): Promise<Found> {
    const anonymously = `a:${addressKey(client.address)}`
    let found: Found
    try {
      found = await find()
    } catch (refusal) {
      this.#pay(what, anonymously)
      throw refusal
    }
    this.#pay(what, found?.key ?? anonymously)
    return found
  }

  #pay(what: Spending, key: string): void {
    const waitMs = this.#buckets[what].pay(key, 1)
    if (waitMs > 0) throw tooMany(waitMs)
  }

  async #logged<Result>(admit: () => Promise<Result>): Promise<Result> {
    try {
      return await admit()
    } catch (refusal) {
      this.#logRefusal(refusal)
      throw refusal
    }
  }

  #logRefusal(thrown: unknown): void {
    if (!(thrown instanceof Refusal)) return
    const { code, status } = thrown
    this.#options.log.write('warn', 'admission.refused', { code, status })
  }
}

export type { Connection, Entry, Expulsion } from './connections.ts'
export type { RequestFacts } from './request-facts.ts'
export type { IssuedTicket } from './tickets.ts'
export { Visitor } from './visitor.ts'
