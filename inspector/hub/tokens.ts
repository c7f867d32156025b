/**
 * Who may come in: one token for those who look, another for those who are looked at, both new at each run. An app's token often
 * stands in an environment; it must not open what other apps have told.
 *
 * @module
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export interface HubTokens {
  readonly viewer: string
  readonly app: string
}

/** 128 random bits, as 22 characters that a URL takes as they are. */
export function newToken(): string {
  return randomBytes(16).toString('base64url')
}

export function newTokens(): HubTokens {
  return { viewer: newToken(), app: newToken() }
}

/** In a time that tells nothing about either, their lengths included. */
export function isToken(expected: string, given: unknown): boolean {
  return typeof given === 'string' && timingSafeEqual(digest(expected), digest(given))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** What the page's address ends with: no request carries it, and the page takes it away. The app's token is for its empty state. */
export function fragmentOf({ viewer, app }: HubTokens): string {
  return `#token=${viewer}&app=${app}`
}
