/**
 * The request that goes on behind a position, out of the one that began.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { ResumedRequest } from './positions.ts'
import { addHeaders, resolveHeaders } from './request-headers.ts'
import type { BodySource, HeadersSource, HttpInput } from './request-input.ts'

/** How to ask for what follows. */
export interface ResumeRequest {
  /** Default: the `url` of the input, with its `query`. A relative one is relative to that. */
  readonly url?: string | URL | undefined
  /** Default `GET`, or `POST` with a body: the first request is never sent again. */
  readonly method?: string | undefined
  readonly body?: BodySource | undefined
  /** Added to the URL. */
  readonly query?: Readonly<Record<string, string>> | undefined
  /** Over the input's `headers`, which go along to their own origin only. */
  readonly headers?: HeadersSource | undefined
}

/** They speak of the first request: of its body, or of how often it may be done. */
const FIRST_ONLY = ['content-type', 'content-encoding', 'content-language', 'content-location', 'idempotency-key']

/** Puts the two together. Throws `bad_url`. */
export function resumed(
  input: Pick<HttpInput, 'url' | 'query' | 'headers'>,
  { url, method, body, query, headers }: ResumeRequest,
): ResumedRequest {
  const home = parsed(input.url, globalThis.location?.href)
  const target = url === undefined ? home : parsed(url, home)
  const isHome = target.origin === home.origin
  return {
    url: target,
    method,
    body,
    query: url === undefined ? { ...input.query, ...query } : query,
    headers: async (attempt) => {
      const merged = new Headers()
      if (isHome) addHeaders(merged, await resolveHeaders(input.headers, attempt))
      for (const name of FIRST_ONLY) merged.delete(name)
      addHeaders(merged, await resolveHeaders(headers, attempt))
      return merged
    },
    idempotencyKey: undefined,
    // Where the address came out of a message, another origin is the server's choice, and cookies are not for it.
    ...(isHome ? {} : { credentials: 'same-origin' }),
  }
}

function parsed(address: string | URL, base: string | URL | undefined): URL {
  try {
    return new URL(address, base)
  } catch {
    // Not even as the cause: Node's error carries the whole text.
    throw new TransportError('bad_url', 'The URL to go on from cannot be parsed.')
  }
}

/** Fills `{id}` into an address (RFC 6570, level 1). */
export function expanded(template: string, id: string): string {
  return template.replaceAll('{id}', () => encodeURIComponent(id))
}
