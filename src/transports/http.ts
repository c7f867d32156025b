/**
 * HTTP over `fetch`: browsers, workers, edge runtimes, and Node when the caller brings a `fetch`.
 * In Node `http.node.ts` stands in its place, at 0.6 of the CPU.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { type HttpAnswer, type HttpBody, httpAnswer, requestFailure } from './http-answer.ts'
import type { PreparedRequest } from './request.ts'

/** A faster way to read a chunk that is pure ASCII; only Node has one. */
export const asciiText: ((chunk: Uint8Array) => string | undefined) | undefined = undefined

/**
 * Sends the request and waits for the headers of its answer. Rejects `network`, `aborted`, `redirect_refused`,
 * `too_many_redirects`, `unsupported`; any status is an answer.
 */
export async function openHttp(request: PreparedRequest): Promise<HttpAnswer> {
  let current = request
  for (let hops = 0; ; hops++) {
    const response = await send(current)
    if (movedOn(response, current)) {
      // Loaded when first needed: most connections never see a redirect.
      const next = (await import('./redirect.ts')).afterFetch(current, response, hops)
      if (next !== undefined) {
        current = next
        continue
      }
    }
    return httpAnswer({
      status: response.status,
      url: response.url || current.url.href,
      header: (name) => response.headers.get(name) ?? undefined,
      body: fetchBody(response, current),
    })
  }
}

/** A redirect, shown or hidden, or one that was followed out of the origin. */
function movedOn({ type, status, url }: Response, request: PreparedRequest): boolean {
  if (type === 'opaqueredirect' || (status > 300 && status < 309 && status !== 304)) return true
  return url !== '' && !url.startsWith(`${request.url.origin}/`)
}

async function send(request: PreparedRequest): Promise<Response> {
  const { input, signal, payload } = request
  const { credentials, mode, cache, referrer, referrerPolicy, integrity, keepalive, priority } = input
  const options = { credentials, mode, cache, referrer, referrerPolicy, integrity, keepalive, priority }
  const upload =
    payload instanceof ReadableStream
      ? await (await import('./request-upload.ts')).fetchUpload(request, payload)
      : undefined
  // fetch reads a missing option differently from an undefined one in some engines.
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  try {
    return await (input.fetch ?? globalThis.fetch)(request.url.href, {
      // A header such as Cache-Control would cost a preflight; this option does not.
      cache: 'no-store',
      ...given,
      method: request.method,
      headers: request.headers,
      // The DOM's types want bytes that are not shared memory; the runtime itself checks that.
      body: (upload?.body ?? payload ?? null) as BodyInit | null,
      // A followed redirect would carry our headers along, except those few that fetch itself strips.
      redirect: request.secretHeaders || input.redirect === 'error' ? 'manual' : 'follow',
      signal,
      ...(upload?.streaming ? { duplex: 'half' } : {}),
    })
  } catch (cause) {
    throw fetchFailure(request, cause, upload?.neverStarted() === true)
  }
}

/** Codes of Node's TLS layer, which its `fetch` hides in `cause`. */
const TLS_CODE = /CERT|SELF_SIGNED|^ERR_(?:TLS|SSL)|VERIFY|ISSUER|EPROTO/

/** Whether an error code is about certificates or the TLS handshake. */
export function isTlsCode(code: unknown): boolean {
  return typeof code === 'string' && TLS_CODE.test(code)
}

function fetchFailure(request: PreparedRequest, thrown: unknown, uploadNeverStarted: boolean): TransportError {
  if (thrown instanceof TransportError) return thrown
  if (request.signal.aborted) return requestFailure(request, 'aborted', 'The request was aborted.', { cause: thrown })
  const cause = thrown instanceof Error ? thrown.cause : undefined
  if (typeof cause === 'object' && cause !== null && 'code' in cause && isTlsCode(cause.code)) {
    return requestFailure(request, 'tls', 'The certificate or the TLS handshake of the server failed.', {
      cause: thrown,
    })
  }
  if (uploadNeverStarted) {
    const sentence =
      'A stream body was never asked for: browsers send one over HTTP/2 only, or the server was out of reach.'
    return requestFailure(request, 'unsupported', sentence, { cause: thrown })
  }
  return requestFailure(request, 'network', 'The request failed before an answer came.', { cause: thrown })
}

/** A plain reader loop: WebKit has neither async iteration of streams nor BYOB readers. */
function fetchBody(response: Response, request: PreparedRequest): HttpBody {
  const reader = response.body?.getReader()
  let cancelled = false
  return {
    async read(onChunk) {
      try {
        while (reader !== undefined && !cancelled) {
          const { done, value } = await reader.read()
          if (done || cancelled) break
          if (!onChunk(value)) return true
        }
      } catch (thrown) {
        if (cancelled || request.signal.aborted)
          throw requestFailure(request, 'aborted', 'The answer was abandoned.', { cause: thrown })
        if (thrown instanceof TransportError) throw thrown
        throw requestFailure(request, 'network', 'The connection broke before the answer was complete.', {
          cause: thrown,
        })
      }
      if (cancelled) throw requestFailure(request, 'aborted', 'The answer was abandoned.')
      return false
    },
    cancel() {
      if (cancelled) return
      cancelled = true
      void reader?.cancel().catch(() => undefined)
    },
  }
}
