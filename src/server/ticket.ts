/**
 * `POST /v1/ticket`: what a page shows instead of a token when it opens a WebSocket, where it can set no header.
 *
 * @module
 */

import { JSON_TYPE } from '../wire/names.ts'
import type { ServerContext } from './context.ts'
import { answer, headerOf, type StreamRequest, type StreamResponse } from './exchange.ts'
import { Refusal } from './problem.ts'
import type { Visitor } from './security/gate.ts'

/** Answers with a ticket that is good once, for this visitor and this origin, for half a minute. */
export function giveTicket(
  context: ServerContext,
  request: StreamRequest,
  response: StreamResponse,
  visitor: Visitor,
): void {
  if (request.method !== 'POST')
    throw new Refusal(405, 'method_not_allowed', 'A ticket is asked for with POST.', { Allow: 'POST, OPTIONS' })
  request.resume()
  const ticket = context.gate.issueTicket(visitor, headerOf(request, 'origin') ?? null)
  answer(response, 201, { 'Content-Type': JSON_TYPE, 'Cache-Control': 'no-store' }, JSON.stringify(ticket))
}
