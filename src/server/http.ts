/**
 * The door for HTTP: is the request ours, may it come in, and who answers it.
 *
 * @module
 */

import { STREAM_MOUNT } from '../wire/names.ts'
import { head } from './catch-up.ts'
import type { ServerContext } from './context.ts'
import { ALLOWED_METHODS, allowOrigin, judgeOrigin, preflightHeaders } from './cors.ts'
import { answer, type Exchange, type StreamRequest, type StreamResponse, setStandingHeaders } from './exchange.ts'
import { read } from './http-read.ts'
import { post, put, remove } from './http-write.ts'
import { notFound, Refusal, refuse } from './problem.ts'
import { leavesBodyUnread, refuseUnread } from './read-body.ts'
import { type ParsedPath, parseStreamUrl, pathOf, queryOf } from './stream-path.ts'

/** Answers a request for a stream. `false`, and nothing touched, when it is for something else. */
export async function handle(
  context: ServerContext,
  request: StreamRequest,
  response: StreamResponse,
): Promise<boolean> {
  const target = request.url ?? ''
  if (!pathOf(target).startsWith(STREAM_MOUNT)) return false
  // A client that goes away while we answer is no error, but without a listener it would end the process.
  request.on('error', () => {})
  response.on('error', () => {})
  setStandingHeaders(response)
  try {
    await admit(context, request, response, target)
  } catch (thrown) {
    fail(context, request, response, thrown)
  }
  return true
}

async function admit(
  context: ServerContext,
  request: StreamRequest,
  response: StreamResponse,
  target: string,
): Promise<void> {
  const verdict = judgeOrigin(request, context.origins)
  if (verdict === 'allowed') allowOrigin(request, response)
  if (request.method === 'OPTIONS') {
    answer(response, 204, preflightHeaders(verdict))
    return
  }
  if (context.openReads.draining) throw new Refusal(503, 'draining', 'The server is stopping.', { 'Retry-After': '1' })
  const query = queryOf(target)
  // A plain read by a foreign page is served, without the header that would let the page see it.
  const harmless = (request.method === 'GET' || request.method === 'HEAD') && !query.has('live')
  if (verdict === 'foreign' && !harmless) throw new Refusal(403, 'origin_refused', 'This origin is not on the list.')
  const path = known(parseStreamUrl(pathOf(target)))
  await dispatch(context, { request, response, query, path })
}

async function dispatch(context: ServerContext, exchange: Exchange): Promise<void> {
  switch (exchange.request.method) {
    case 'GET':
    case 'HEAD':
      readOrHead(context, exchange)
      return
    case 'PUT':
      return put(context, exchange)
    case 'POST':
      return post(context, exchange)
    case 'DELETE':
      remove(context, exchange)
      return
    default:
      throw new Refusal(405, 'method_not_allowed', 'A stream has no such method.', { Allow: ALLOWED_METHODS })
  }
}

function readOrHead(context: ServerContext, exchange: Exchange): void {
  const log = context.registry.find(exchange.path)
  if (log === undefined) throw notFound()
  if (exchange.request.method === 'HEAD') head(exchange, log)
  else read(context, exchange, log)
}

function known(parsed: ParsedPath): string {
  if (parsed.kind === 'path') return parsed.path
  if (parsed.kind === 'reserved') throw notFound()
  throw new Refusal(400, 'bad_path', 'A path is 1 to 8 segments of letters, digits, or . _ ~ -')
}

function fail(context: ServerContext, request: StreamRequest, response: StreamResponse, thrown: unknown): void {
  if (thrown instanceof Refusal) {
    if (leavesBodyUnread(thrown)) refuseUnread(request, response, thrown, context.clock)
    else refuse(response, thrown)
    return
  }
  context.report(thrown)
  if (response.headersSent) response.destroy()
  else refuse(response, new Refusal(500, 'internal', 'Something inside the server failed.'))
}
