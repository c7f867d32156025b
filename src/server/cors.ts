/**
 * Who may ask from a browser: the page's own origin, and an exact list. No substring, no suffix, no `null`, no `*`.
 *
 * @module
 */

import { HEADERS } from '../wire/names.ts'
import { headerOf, type StreamRequest, type StreamResponse } from './exchange.ts'

const ALLOWED_METHODS = 'GET, HEAD, PUT, POST, DELETE, OPTIONS'

const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'if-none-match',
  'last-event-id',
  'idempotency-key',
  'stream-seq',
  'stream-closed',
  'stream-ttl',
  'stream-expires-at',
  'producer-id',
  'producer-epoch',
  'producer-seq',
].join(', ')

const EXPOSED_HEADERS = [...Object.values(HEADERS), 'ETag', 'Retry-After', 'Location'].join(', ')

/** Long enough to spare most preflights, short enough that a change of the list is felt. */
const PREFLIGHT_SECONDS = '600'

/**
 * `none`: not a browser's cross-origin request, or too old a browser to say. `foreign`: a page that is not on the list.
 */
export type OriginVerdict = 'none' | 'allowed' | 'foreign'

/** Judges the `Origin` of a request. The page's own origin is recognised by the host it asked for. */
export function judgeOrigin(request: StreamRequest, origins: ReadonlySet<string>): OriginVerdict {
  const origin = headerOf(request, 'origin')
  if (origin === undefined) return 'none'
  if (origin !== 'null' && origins.has(origin)) return 'allowed'
  const host = headerOf(request, ':authority') ?? headerOf(request, 'host')
  return host !== undefined && hostOf(origin) === host.toLowerCase() ? 'allowed' : 'foreign'
}

/** Lets the page read the answer. Only an origin that was judged `allowed` is ever echoed. */
export function allowOrigin(request: StreamRequest, response: StreamResponse): void {
  const origin = headerOf(request, 'origin')
  if (origin === undefined) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS)
}

/** The headers of an answer to `OPTIONS`. A foreign page learns nothing but that there is a server. */
export function preflightHeaders(verdict: OriginVerdict): Record<string, string> {
  if (verdict === 'foreign') return {}
  return {
    Allow: ALLOWED_METHODS,
    'Access-Control-Allow-Methods': ALLOWED_METHODS,
    'Access-Control-Allow-Headers': ALLOWED_HEADERS,
    'Access-Control-Max-Age': PREFLIGHT_SECONDS,
  }
}

/** Checks a configured origin: scheme and host, exactly as a browser writes them. */
export function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

/** The `Host` a page of this origin sends, or `null` for an opaque or malformed origin. */
function hostOf(origin: string): string | null {
  return isOrigin(origin) ? new URL(origin).host : null
}

/** What a 405 says. */
export { ALLOWED_METHODS }
