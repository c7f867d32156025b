/**
 * The Web-standard door: a `Request` in, a `Response` out, for Hono, Bun, Deno and whatever else speaks Fetch.
 *
 * @module
 */

import { systemClock } from '../clock.ts'
import { answerElsewhere } from '../elsewhere.ts'
import type { StreamRequest, StreamResponse } from '../exchange.ts'
import { Refusal, refuse } from '../problem.ts'
import { FetchRequest } from './fetch-request.ts'
import { FetchResponse } from './fetch-response.ts'

/** What a `Request` does not say about itself. */
export interface FetchInfo {
  /** The peer's IP address: `server.requestIP(request)?.address` in Bun, `info.remoteAddr.hostname` in Deno. */
  readonly address?: string | undefined
}

/**
 * How long an upload that was refused half-way is left alone after its answer: who makes a `Request` of a Node socket often
 * destroys the socket when the body is cancelled, and the answer would be lost with it.
 */
const LINGER_MS = 1_000

/**
 * Answers a `Request` with a handler written for `node:http`. The `Response` is there as soon as its head is known, and its
 * body is produced no faster than it is read. 404 when the handler says that the request is not its own. Never rejects.
 */
export function answerFetch(
  handle: (request: StreamRequest, response: StreamResponse) => Promise<boolean>,
  request: Request,
  info: FetchInfo = {},
): Promise<Response> {
  const incoming = new FetchRequest(request, info.address)
  const outgoing = new FetchResponse(request.method)
  const { signal } = request
  const gone = (): void => {
    incoming.abort()
    outgoing.destroy()
  }
  // Without this a request whose body breaks would be waited for by nobody, for ever.
  incoming.on('error', gone)
  outgoing.on('close', () => {
    signal.removeEventListener('abort', gone)
    if (incoming.leftUnread) systemClock.setTimeout(() => incoming.destroy(), LINGER_MS)
    else incoming.destroy()
  })
  signal.addEventListener('abort', gone)
  if (signal.aborted) gone()
  else if (request.bodyUsed || request.body?.locked === true) refuse(outgoing, bodyUsed())
  else answerElsewhere(handled(handle, incoming, outgoing), outgoing).catch(() => outgoing.destroy())
  return outgoing.answer
}

/** A handler that throws instead of rejecting is caught as well. */
async function handled(
  handle: (request: StreamRequest, response: StreamResponse) => Promise<boolean>,
  request: StreamRequest,
  response: StreamResponse,
): Promise<boolean> {
  return handle(request, response)
}

function bodyUsed(): Refusal {
  return new Refusal(500, 'body_used', 'Something before the stream server has read the body of the request.')
}
