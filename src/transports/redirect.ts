/**
 * Redirects, followed by hand wherever the runtime lets us see them, so that no credential reaches another origin.
 *
 * @module
 */
import type { TransportError } from '../errors.ts'
import { requestFailure } from './http-answer.ts'
import type { PreparedRequest } from './request.ts'
import { isPlainHttp } from './request-url.ts'
import { payFor } from './spend.ts'

/** A chain longer than this is a loop, or somebody's mistake. */
const MOST_REDIRECTS = 5

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Whether the status asks to go elsewhere (RFC 9110 section 15.4; 300 and 304 do not). */
export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status)
}

/** Whether another origin must not get this request: a secret header, or credentials that the browser adds. */
export function isCredentialed({ secretHeaders, input }: Pick<PreparedRequest, 'secretHeaders' | 'input'>): boolean {
  return secretHeaders || input.credentials === 'include'
}

/** A redirect that is not followed. Repeating the request would only bring the same answer: final. */
function redirectRefused(request: PreparedRequest, sentence: string, status?: number): TransportError {
  return requestFailure(request, 'redirect_refused', sentence, { status })
}

/**
 * The request that follows a redirect. Throws `redirect_refused` or `too_many_redirects`.
 *
 * @param hops - redirects followed so far
 */
export function redirected(
  request: PreparedRequest,
  status: number,
  location: string | undefined,
  hops: number,
): PreparedRequest {
  if (request.input.redirect === 'error') {
    throw redirectRefused(request, 'The server redirects, and option redirect refuses that.', status)
  }
  payFor(request.spend, 'The redirect was not followed', request.repeatable)
  if (hops >= MOST_REDIRECTS) {
    throw requestFailure(request, 'too_many_redirects', `The server redirected more than ${MOST_REDIRECTS} times.`, {
      status,
    })
  }
  const url = targetOf(request, status, location)
  if (request.url.protocol === 'https:' && url.protocol === 'http:') {
    throw redirectRefused(request, 'The server redirects from https to http.', status)
  }
  if (isCredentialed(request) && url.origin !== request.url.origin) {
    throw redirectRefused(
      request,
      'The server redirects to another origin, and this request carries credentials.',
      status,
    )
  }
  // RFC 9110 sections 15.4.2 to 15.4.4, and the Fetch standard: a POST becomes a GET except after 307 and 308.
  const becomesGet = status === 303 || ((status === 301 || status === 302) && request.method === 'POST')
  if (becomesGet && request.method !== 'GET')
    return { ...request, url, method: 'GET', payload: undefined, headers: withoutBody(request) }
  if (request.payload instanceof ReadableStream) {
    throw redirectRefused(request, 'The server redirects, and a stream body cannot be sent again.', status)
  }
  return { ...request, url }
}

/**
 * What to do with a `fetch` answer that is a redirect or comes from elsewhere: the request to send instead, or `undefined` when
 * the answer may stand. Throws like {@link redirected}; an answer that may not stand is let go.
 */
export function afterFetch(request: PreparedRequest, response: Response, hops: number): PreparedRequest | undefined {
  try {
    if (response.type === 'opaqueredirect') {
      // A browser does not say where to, so that nobody can say whether the credentials may go along.
      throw redirectRefused(request, 'The server redirects, which a browser cannot follow with credentials attached.')
    }
    if (!isRedirect(response.status)) {
      checkLanding(request, new URL(response.url))
      return undefined
    }
    const next = redirected(request, response.status, response.headers.get('location') ?? undefined, hops)
    letGo(response)
    return next
  } catch (refused) {
    letGo(response)
    throw refused
  }
}

function letGo({ body }: Response): void {
  void body?.cancel().catch(() => undefined)
}

function checkLanding(request: PreparedRequest, landed: URL): void {
  if (landed.origin === request.url.origin) return
  if (request.url.protocol === 'https:' && landed.protocol === 'http:') {
    throw redirectRefused(request, 'The server redirected from https to http.')
  }
  if (isCredentialed(request)) {
    throw redirectRefused(request, 'The server redirected to another origin, and this request carried credentials.')
  }
}

function targetOf(request: PreparedRequest, status: number, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, request.url)) {
    throw redirectRefused(request, 'The server redirects without saying where.', status)
  }
  const url = new URL(location, request.url)
  if (!isPlainHttp(url)) {
    throw redirectRefused(request, 'The server redirects to something other than plain http or https.', status)
  }
  url.hash = ''
  return url
}

function withoutBody(request: PreparedRequest): Headers {
  const headers = new Headers(request.headers)
  for (const name of ['content-type', 'content-encoding', 'content-language', 'content-location']) headers.delete(name)
  return headers
}
