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
  readonly httpVersionMajor?: number | undefined
  readonly rawHeaders?: readonly string[] | undefined
}

/**
 * Node drops what is beyond its own `maxHeadersCount` without a word, and with it perhaps the header a proxy went by. So it is
 * told to keep all that fit into 16 KiB, and they are counted here.
 */
const MAX_HEADERS = 100

/**
 * The refusal for a request that nobody should answer; `null` for a decent one. 405 for `TRACE` (it echoes credentials) and `CONNECT`;
 * 400 for HTTP/0.9, which Node takes, and for a target that is no path: `*`, or an absolute one, whose host may contradict the `Host` header (RFC 9112, 3.2); 431 for more than
 * 100 headers.
 */
export function refusalOfShape(request: RequestShape): Refusal | null {
  const { method, url = '', httpVersionMajor = 1, rawHeaders = [] } = request
  if (method === 'TRACE' || method === 'CONNECT')
    return new Refusal(405, 'method_not_allowed', 'This server has no such method.', { Allow: ALLOWED })
  if (httpVersionMajor < 1) return new Refusal(400, 'bad_version', 'HTTP/0.9 has no status to answer with.')
  if (!url.startsWith('/')) return new Refusal(400, 'bad_target', 'A request names the path of what it is for.')
  if (headersIn(rawHeaders) > MAX_HEADERS)
    return new Refusal(431, 'too_many_headers', `A request has ${MAX_HEADERS} headers at most.`)
  return null
}

const ALLOWED = 'GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS'

/** HTTP/2 puts method, path, scheme and authority in front, as headers whose names begin with a colon. */
function headersIn(rawHeaders: readonly string[]): number {
  let pseudo = 0
  while (rawHeaders[pseudo * 2]?.startsWith(':')) pseudo++
  return rawHeaders.length / 2 - pseudo
}
