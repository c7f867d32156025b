/**
 * What no request may look like, whatever it is for.
 *
 * @module
 */

import { Refusal } from '../problem.ts'

/** What is looked at. */
export interface RequestShape {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersion?: string | undefined
  /** Only a request of HTTP/2 has one. */
  readonly stream?: unknown
  readonly rawHeaders?: readonly string[] | undefined
}

/**
 * Node drops what is beyond its own `maxHeadersCount` without a word, and with it perhaps the header a proxy went by. So it is
 * told to keep all that fit into 16 KiB, and they are counted here.
 */
const MAX_HEADERS = 100

/**
 * The refusal for a request that nobody should answer; `null` for a decent one. 405 for `TRACE` (it echoes credentials) and `CONNECT`;
 * 400 for a version nobody speaks, and for a target that is no path: `*`, or an absolute one, whose host may contradict the `Host` header (RFC 9112, 3.2); 431 for more than
 * 100 headers.
 */
export function refusalOfShape(request: RequestShape): Refusal | null {
  const { method, url = '', rawHeaders = [] } = request
  if (method === 'TRACE' || method === 'CONNECT')
    return new Refusal(405, 'method_not_allowed', 'This server has no such method.', { Allow: ALLOWED })
  if (!isSpoken(request)) return new Refusal(400, 'bad_version', 'Only HTTP/1.0, HTTP/1.1 and HTTP/2 are spoken here.')
  if (!url.startsWith('/')) return new Refusal(400, 'bad_target', 'A request names the path of what it is for.')
  if (headersIn(rawHeaders) > MAX_HEADERS)
    return new Refusal(431, 'too_many_headers', `A request has ${MAX_HEADERS} headers at most.`)
  return null
}

/** Node's parser takes `GET / HTTP/2.0` in plain text for what it says it is, and HTTP/0.9, which has no status. */
function isSpoken({ httpVersion, stream }: RequestShape): boolean {
  return httpVersion === undefined || stream !== undefined || httpVersion === '1.1' || httpVersion === '1.0'
}

const ALLOWED = 'GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS'

/** HTTP/2 puts method, path, scheme and authority in front, as headers whose names begin with a colon. */
function headersIn(rawHeaders: readonly string[]): number {
  let pseudo = 0
  while (rawHeaders[pseudo * 2]?.startsWith(':')) pseudo++
  return rawHeaders.length / 2 - pseudo
}
