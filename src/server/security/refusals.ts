/**
 * What the gate says to those it does not let in.
 *
 * @module
 */

import { notFound, Refusal } from '../problem.ts'

const CHALLENGE = 'Bearer realm="statewire"'

/** 401 for a request without a credential, or with one of another kind. */
export function unauthenticated(): Refusal {
  return new Refusal(401, 'unauthenticated', 'Show a bearer token.', { 'WWW-Authenticate': CHALLENGE })
}

/** 401 for a credential that is not good. Why is not said: it would help only who is guessing. */
export function invalidToken(): Refusal {
  const challenge = `${CHALLENGE}, error="invalid_token"`
  return new Refusal(401, 'invalid_token', 'This credential is not valid.', { 'WWW-Authenticate': challenge })
}

/** 401 for a credential that was good once. RFC 6750 section 3.1 has no error code of its own for it. */
export function tokenExpired(): Refusal {
  const challenge = `${CHALLENGE}, error="invalid_token", error_description="expired"`
  return new Refusal(401, 'token_expired', 'This credential has expired.', { 'WWW-Authenticate': challenge })
}

/** 403 for the credential of somebody else on a connection that is somebody's already. */
export function otherPrincipal(): Refusal {
  return new Refusal(403, 'other_principal', 'This credential belongs to somebody else.')
}

/** 403 for a page that is not on the list. */
export function originRefused(): Refusal {
  return new Refusal(403, 'origin_refused', 'This origin is not on the list.')
}

/** 403 for what anybody on the way could have read. */
export function plainHttp(): Refusal {
  return new Refusal(403, 'plain_http', 'This server is reached over HTTPS only.')
}

/** What somebody is told about a stream that is none of his business. Exactly what is said about one that is not there. */
export function forbidden(hidden: boolean): Refusal {
  return hidden ? notFound() : new Refusal(403, 'forbidden', 'This stream is not for you.')
}

/** 429. */
export function tooMany(waitMs: number): Refusal {
  return new Refusal(429, 'rate_limited', 'Too much at once: come back later.', retryAfter(waitMs))
}

/** 429 for one more open connection of an address or a principal. */
export function tooManyConnections(): Refusal {
  return new Refusal(429, 'connections', 'Too many connections are open: close one first.', retryAfter(SOON_MS))
}

/** 429 for one more ticket. */
export function tooManyTickets(waitMs: number): Refusal {
  return new Refusal(429, 'tickets', 'Too many tickets are waiting to be used.', retryAfter(waitMs))
}

/** 503 for one more open connection of the whole server. */
export function full(): Refusal {
  return new Refusal(503, 'connections', 'This server is full.', retryAfter(SOON_MS))
}

/** 503 for more new connections than the server takes on at once. */
export function busy(waitMs: number): Refusal {
  return new Refusal(503, 'busy', 'Too many connections at once: come back later.', retryAfter(waitMs))
}

/** 503 when it cannot be found out who somebody is. */
export function authenticationUnavailable(): Refusal {
  return new Refusal(503, 'authentication_unavailable', 'Credentials cannot be checked now.', retryAfter(SOON_MS))
}

const SOON_MS = 5_000

/** RFC 9110 section 10.2.3: whole seconds. 0 would be an invitation. */
function retryAfter(waitMs: number): Record<string, string> {
  return { 'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))) }
}
