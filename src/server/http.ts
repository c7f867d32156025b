/**
 * The door for HTTP: is the request ours, may it come in, and who answers it.
 *
 * @module
 */

import { STREAM_MOUNT, TICKET_PATH } from '../wire/names.ts'
import { head } from './catch-up.ts'
import type { ServerContext } from './context.ts'
import { ALLOWED_METHODS, allowOrigin, preflightHeaders } from './cors.ts'
import { Departure } from './departure.ts'
import { answer, type Exchange, type StreamRequest, type StreamResponse, setStandingHeaders } from './exchange.ts'
import { factsOf } from './facts.ts'
import { read } from './http-read.ts'
import { post, put, remove } from './http-write.ts'
import { refusalOfShape } from './operations/request-shape.ts'
import { permit } from './permission.ts'
import { notFound, Refusal, refuse } from './problem.ts'
import { leavesBodyUnread, refuseUnread } from './read-body.ts'
import { StoreError } from './stores/store.ts'
import { type ParsedPath, parseStreamUrl, pathOf, queryOf } from './stream-path.ts'
import { giveTicket } from './ticket.ts'

/** Answers a request for a stream. `false`, and nothing touched, when it is for something else. */
export async function handle(
  context: ServerContext,
  request: StreamRequest,
  response: StreamResponse,
): Promise<boolean> {
  const target = request.url ?? ''
  const path = pathOf(target)
  if (!path.startsWith(STREAM_MOUNT) && path !== TICKET_PATH) return false
  const began = context.clock.now()
  // A client that goes away while we answer is no error, but without a listener it would end the process.
  request.on('error', () => {})
  response.on('error', () => {})
  setStandingHeaders(response, context.resourcePolicy)
  try {
    await admit(context, request, response, target)
  } catch (thrown) {
    fail(context, request, response, thrown)
  }
  context.instruments.request(request.method ?? '', response.statusCode, context.clock.now() - began)
  return true
}

async function admit(
  context: ServerContext,
  request: StreamRequest,
  response: StreamResponse,
  target: string,
): Promise<void> {
  const departure = new Departure(response)
  const shape = refusalOfShape(request)
  if (shape !== null) throw shape
  const facts = factsOf(request, 'http')
  const verdict = context.gate.judgeOrigin(facts)
  if (verdict === 'allowed') allowOrigin(request, response, context.gate.takesCookies)
  if (request.method === 'OPTIONS') {
    answer(response, 204, preflightHeaders(verdict))
    return
  }
  if (context.openReads.draining) throw draining()
  const query = queryOf(target)
  // A plain read by a foreign page is served, without the header that would let the page see it.
  const harmless = (request.method === 'GET' || request.method === 'HEAD') && !query.has('live')
  if (verdict === 'foreign' && !harmless) throw new Refusal(403, 'origin_refused', 'This origin is not on the list.')
  const visitor = await context.gate.admit(facts)
  if (pathOf(target) === TICKET_PATH) {
    giveTicket(context, request, response, visitor)
    return
  }
  const path = known(parseStreamUrl(pathOf(target)))
  await dispatch(context, { request, response, query, path, visitor, departure })
}

/** What a server that stops says to those who come. */
export function draining(): Refusal {
  return new Refusal(503, 'draining', 'The server is stopping.', { 'Retry-After': '1' })
}

async function dispatch(context: ServerContext, exchange: Exchange): Promise<void> {
  switch (exchange.request.method) {
    case 'GET':
      await permit(context, exchange, 'read')
      return read(context, exchange)
    case 'HEAD':
      await permit(context, exchange, 'read')
      return head(context, exchange)
    case 'PUT':
      return put(context, exchange)
    case 'POST':
      return post(context, exchange)
    case 'DELETE':
      await permit(context, exchange, 'delete')
      return remove(context, exchange)
    default:
      throw new Refusal(405, 'method_not_allowed', 'A stream has no such method.', { Allow: ALLOWED_METHODS })
  }
}

function known(parsed: ParsedPath): string {
  if (parsed.kind === 'path') return parsed.path
  if (parsed.kind === 'reserved') throw notFound()
  throw new Refusal(400, 'bad_path', 'A path is 1 to 8 segments of letters, digits, or . _ ~ -')
}

function fail(context: ServerContext, request: StreamRequest, response: StreamResponse, thrown: unknown): void {
  const refusal = thrown instanceof Refusal ? thrown : storeRefusal(thrown)
  if (refusal !== thrown) context.report(thrown)
  context.instruments.refused(refusal.code)
  if (response.headersSent) response.destroy()
  else if (leavesBodyUnread(refusal)) refuseUnread(request, response, refusal, context.clock)
  else refuse(response, refusal)
}

/** What a failure of the store, or a mistake of ours, is answered with. What went wrong stays inside. */
function storeRefusal(thrown: unknown): Refusal {
  if (!(thrown instanceof StoreError) || thrown.code === 'broken')
    return new Refusal(500, 'internal', 'Something inside the server failed.')
  if (thrown.code === 'full') return new Refusal(507, 'store_full', 'There is no room for more records.')
  return new Refusal(503, 'unavailable', 'The store does not answer.', { 'Retry-After': '1' })
}
