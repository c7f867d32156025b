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

/** Where a request was sent to. */
export interface AskedHost {
  /** Host and port as the client wrote them. */
  readonly host: string | undefined
  /** It came over TLS. */
  readonly encrypted: boolean
}

/**
 * Judges an `Origin`. The server's own pages are recognised by the host they asked for.
 *
 * They are that only with the same scheme: whoever sits on the wire can put any page at `http://app.example`, and that page must
 * not act for `https://app.example`. Where we see plain HTTP a page may come over either: a proxy may have ended its TLS.
 */
export function judgeOrigin(origin: string | undefined, asked: AskedHost, origins: ReadonlySet<string>): OriginVerdict {
  if (origin === undefined) return 'none'
  if (origins.has(origin)) return 'allowed'
  const schemes = asked.encrypted ? (['https'] as const) : (['https', 'http'] as const)
  return schemes.some((scheme) => originAt(scheme, asked.host) === origin) ? 'allowed' : 'foreign'
}

/**
 * The origin of pages from this host: in lower case, and without the port that goes without saying. `null` when that is no host:
 * a URL would take `x@evil.example` for one.
 */
export function originAt(scheme: 'http' | 'https', host: string | undefined): string | null {
  if (host === undefined || !/^[A-Za-z0-9._:[\]-]+$/.test(host)) return null
  const url = `${scheme}://${host}`
  return URL.canParse(url) ? new URL(url).origin : null
}

/**
 * Lets the page read the answer. Only an origin that was judged `allowed` is ever echoed.
 *
 * @param credentials whether the page may send its cookies along. Default `false`.
 */
export function allowOrigin(request: StreamRequest, response: StreamResponse, credentials = false): void {
  const origin = headerOf(request, 'origin')
  if (origin === undefined) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS)
  if (credentials) response.setHeader('Access-Control-Allow-Credentials', 'true')
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

/**
 * Checks a configured origin: scheme and host, exactly as a browser writes them. Web views and browser extensions have schemes of
 * their own (`tauri://localhost`), whose URLs have no origin by the URL standard and are sent as one all the same.
 */
export function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin, protocol, host } = new URL(text)
  // The URL standard takes `https://*.app.example` for a host of that name: it would be listed, and never match.
  if (host.includes('*')) return false
  if (protocol === 'http:' || protocol === 'https:') return origin === text
  return !NETWORK_SCHEMES.has(protocol) && /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(?::\d{1,5})?$/.test(text)
}

/** No page ever has one of these. */
const NETWORK_SCHEMES: ReadonlySet<string> = new Set(['ws:', 'wss:', 'ftp:', 'file:'])

/** What a 405 says. */
export { ALLOWED_METHODS }
