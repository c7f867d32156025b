/**
 * What the gate knows of a request, and what it refuses by looking at it alone.
 *
 * @module
 */

import type { IncomingHttpHeaders } from 'node:http'
import { HEADERS } from '../../wire/names.ts'
import { Refusal } from '../problem.ts'
import { queryOf } from '../stream-path.ts'

/** A request, in the form that `node:http`, `node:http2` and `fetch` can all be brought to. */
export interface RequestFacts {
  readonly headers: IncomingHttpHeaders
  /** Names and values in turns, as they came: only here does a header that came twice show. */
  readonly rawHeaders?: readonly string[] | undefined
  /** The address of the socket's other end; empty when there is none. */
  readonly peer: string
  /** The socket is a TLS socket. */
  readonly encrypted: boolean
  /** Path and query. */
  readonly target: string
  readonly method: string
  readonly over: 'http' | 'websocket'
}

/** A header by its lower-case name. What came several times is joined with commas. */
export function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  // The object has a prototype: without this, `constructor` would be a header of every request.
  if (!Object.hasOwn(headers, name)) return undefined
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/**
 * Headers that may come once. A second one is read by one of two parsers on the way and not by the other, which is how requests
 * are smuggled past a proxy.
 */
const SINGLETONS: ReadonlySet<string> = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'idempotency-key',
  'last-event-id',
  'origin',
  'sec-websocket-key',
  'sec-websocket-version',
  ...Object.values(HEADERS).map((name) => name.toLowerCase()),
])

/**
 * Names of query parameters that hold secrets, without case and punctuation. Whoever sends one has it in every access log on the
 * way already, and should learn of it.
 */
const SECRETS: ReadonlySet<string> = new Set([
  'accesskey',
  'accesstoken',
  'apikey',
  'auth',
  'authorization',
  'authtoken',
  'bearer',
  'bearertoken',
  'clientsecret',
  'credential',
  'credentials',
  'idtoken',
  'jwt',
  'password',
  'refreshtoken',
  'secret',
  'sessiontoken',
  'ticket',
  'token',
])

/**
 * Refuses what is wrong whoever sent it.
 *
 * @throws Refusal 400 `duplicate_header` or `credential_in_url`.
 */
export function checkRequest({ headers, rawHeaders, target }: RequestFacts): void {
  const name = rawHeaders === undefined ? doubledIn(headers) : repeatedIn(rawHeaders)
  if (name !== undefined) throw new Refusal(400, 'duplicate_header', `The header ${name} may come once.`)
  for (const parameter of queryOf(target).keys())
    if (SECRETS.has(parameter.toLowerCase().replaceAll(/[^a-z]/g, '')))
      throw new Refusal(400, 'credential_in_url', 'A URL is no place for a credential: send it as a header.')
}

/** The names it answers with are our own, never the sender's. */
function repeatedIn(rawHeaders: readonly string[]): string | undefined {
  const seen = new Set<string>()
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase()
    if (!SINGLETONS.has(name)) continue
    if (seen.has(name)) return name
    seen.add(name)
  }
  return undefined
}

function doubledIn(headers: IncomingHttpHeaders): string | undefined {
  return Object.keys(headers).find((name) => Array.isArray(headers[name]) && SINGLETONS.has(name))
}
