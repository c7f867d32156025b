/**
 * Finding out who somebody is.
 *
 * @module
 */

import { hash, randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { FailureLimit } from './failures.ts'
import { askHook } from './hook.ts'
import type { Authenticate, AuthenticationRequest, Principal } from './principal.ts'
import { authenticationUnavailable, invalidToken, tokenExpired, tooMany, unauthenticated } from './refusals.ts'
import type { Revocations } from './revocations.ts'
import type { Identity } from './visitor.ts'

export interface AuthenticationOptions {
  readonly authenticate: Authenticate | undefined
  readonly allowAnonymous: boolean
  /** Failures of one network a minute. */
  readonly failures: number
  readonly revocations: Revocations
  readonly clock: Clock
  readonly report: (error: unknown) => void
}

/** An id is a key of many maps. */
const MOST_ID_LENGTH = 256

/** `expiresAt` before 1971 is one in seconds, as tokens have it: every credential would have expired long ago. */
const YEAR_1971_MS = 31_536_000_000

export class Authentication {
  readonly #options: AuthenticationOptions
  readonly #failures: FailureLimit
  /** Tokens are remembered as digests behind this: nothing is left of them in memory, nor anything to try guesses on. */
  readonly #salt = randomBytes(32).toString('base64url')
  #visits = 0

  constructor(options: AuthenticationOptions) {
    this.#options = options
    this.#failures = new FailureLimit(options.failures, options.clock)
  }

  /** Whether there is anybody to be told from anybody else. */
  get asks(): boolean {
    return this.#options.authenticate !== undefined
  }

  /** Who it is, when nobody asks. */
  anonymous(): Identity {
    return { principal: null, scope: 'anonymous', moment: this.#options.revocations.moment }
  }

  /**
   * Asks the application.
   *
   * @param network as limits count the address.
   * @throws Refusal 401, 429 after too many failures, 503 when the application throws.
   */
  async identify(request: AuthenticationRequest, network: string): Promise<Identity> {
    const { authenticate, allowAnonymous, revocations } = this.#options
    if (authenticate === undefined) return this.anonymous()
    const { token } = request
    const fingerprint = token === null ? null : this.#fingerprint(token)
    const waitMs = fingerprint === null ? 0 : this.#failures.waitMs(network, fingerprint)
    if (waitMs > 0) throw tooMany(waitMs)
    const { moment } = revocations
    const principal = await this.#ask(authenticate, request)
    if (principal === null) {
      if (fingerprint !== null) {
        this.#failures.failed(network, fingerprint)
        throw invalidToken()
      }
      if (allowAnonymous) return this.anonymous()
      throw unauthenticated()
    }
    if (isExpired(principal, this.#options.clock)) throw tokenExpired()
    if (revocations.undid(principal, moment)) throw invalidToken()
    if (fingerprint !== null) this.#failures.passed(fingerprint)
    return { principal, scope: fingerprint ?? this.newScope(), moment }
  }

  /** A scope that nobody else has. */
  newScope(): string {
    this.#visits++
    return `visit ${this.#visits}`
  }

  async #ask(authenticate: Authenticate, request: AuthenticationRequest): Promise<Principal | null> {
    const { clock, report } = this.#options
    try {
      // Plain JavaScript forgets a `return` easily. It means no.
      const answer: unknown = (await askHook(clock, 'authenticate', () => authenticate(request))) ?? null
      if (answer === null || isPrincipal(answer)) return answer
      throw new TypeError(
        'authenticate has to return null or { id, expiresAt }: an id of 1 to 256 characters, a time in milliseconds.',
      )
    } catch (error) {
      report(error)
      throw authenticationUnavailable()
    }
  }

  /** Nobody ever sees one, so it need not be an HMAC: that takes 36 µs a request, this 2 (Node 24). */
  #fingerprint(token: string): string {
    return hash('sha256', this.#salt + token, 'base64url')
  }
}

/** Whether the credential has ended. */
export function isExpired(principal: Principal | null, clock: Clock): boolean {
  return principal?.expiresAt !== undefined && principal.expiresAt <= clock.now()
}

function isPrincipal(answer: unknown): answer is Principal {
  if (typeof answer !== 'object' || answer === null || !('id' in answer)) return false
  const { id } = answer
  const expiresAt = 'expiresAt' in answer ? answer.expiresAt : undefined
  if (typeof id !== 'string' || id === '' || id.length > MOST_ID_LENGTH) return false
  return expiresAt === undefined || (typeof expiresAt === 'number' && expiresAt > YEAR_1971_MS)
}
