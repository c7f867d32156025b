/**
 * The credential of a request, read and bounded before anybody judges it.
 *
 * @module
 */

import type { IncomingHttpHeaders } from 'node:http'
import { TICKET_PROTOCOL } from '../../wire/names.ts'
import { invalidToken, unauthenticated } from './refusals.ts'
import { headerText } from './request-facts.ts'

/** Longer tokens are refused unread: whoever verifies a signature over them works for a stranger. */
const MOST_TOKEN_LENGTH = 8 * 1024

/**
 * The token of `Authorization: Bearer …`, `null` without the header.
 *
 * @throws Refusal 401 for another scheme, and for what cannot be a token.
 */
export function bearerIn(headers: IncomingHttpHeaders): string | null {
  const value = headerText(headers, 'authorization')
  if (value === undefined) return null
  // RFC 9110 section 11.1: the scheme has no case, and one or more spaces follow it.
  const space = value.indexOf(' ')
  const token = space === -1 ? '' : value.slice(space).trimStart()
  if (value.slice(0, space).toLowerCase() !== 'bearer' || token === '') throw unauthenticated()
  return checkToken(token)
}

/**
 * The token, when it can be one: at most 8 KiB of visible ASCII. RFC 6750 section 2.1 allows less, but tokens with `|` or `:` in
 * them are about.
 *
 * @throws Refusal 401 `invalid_token`.
 */
export function checkToken(token: string): string {
  if (token.length > MOST_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token)) throw invalidToken()
  return token
}

/**
 * The ticket in a list of sub-protocols, where a page's `new WebSocket()` can put it; `null` without one.
 *
 * @throws Refusal 401 for more than one: which of them counts would be a guess.
 */
export function ticketIn(headers: IncomingHttpHeaders): string | null {
  const offered = headerText(headers, 'sec-websocket-protocol')?.split(',') ?? []
  const tickets = offered.map((name) => name.trim()).filter((name) => name.startsWith(TICKET_PROTOCOL))
  const [ticket] = tickets
  if (ticket === undefined) return null
  if (tickets.length > 1) throw invalidToken()
  return ticket.slice(TICKET_PROTOCOL.length)
}
