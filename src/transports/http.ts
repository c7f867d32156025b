/**
 * HTTP over `fetch`: browsers, workers, edge runtimes, and Node when the caller brings a `fetch`.
 * In Node `http.node.ts` stands in its place, at 0.6 of the CPU.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { abandoned, type HttpAnswer, type HttpBody, httpAnswer, requestFailure } from './http-answer.ts'
import { type PreparedRequest, present } from './request.ts'

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
    // Loaded when first needed: most connections never see a redirect.
    const next = movedOn(response, current.url)
      ? (await import('./redirect.ts')).afterFetch(current, response, hops)
      : undefined
    if (next === undefined) {
      return httpAnswer({
        status: response.status,
        url: response.url || current.url.href,
        header: (name) => response.headers.get(name) ?? undefined,
        body: fetchBody(response, current),
      })
    }
    current = next
  }
}

/** A redirect: shown, hidden, or followed; or an answer from elsewhere that a service worker did not mark as one. */
function movedOn({ type, status, redirected, url }: Response, { origin }: URL): boolean {
  const elsewhere = url !== '' && !url.startsWith(`${origin}/`)
  return redirected || elsewhere || type === 'opaqueredirect' || (status > 300 && status < 309 && status !== 304)
}

async function send(request: PreparedRequest): Promise<Response> {
  const { input, url, method, headers, signal, payload, secretHeaders } = request
  const upload =
    payload instanceof ReadableStream
      ? await (await import('./request-special.ts')).fetchUpload(request, payload)
      : undefined
  try {
    return await (input.fetch ?? globalThis.fetch)(url.href, {
      // A header such as Cache-Control would cost a preflight; this option does not.
      cache: 'no-store',
      // Its own options are there under their own names; all others it ignores, as a dictionary of Web IDL must.
      ...Object.fromEntries(present({ ...input })),
      method,
      headers,
      // The DOM's types want bytes that are not shared memory; the runtime itself checks that.
      body: (payload ?? null) as BodyInit | null,
      // A followed redirect would carry our headers along, except those few that fetch itself strips.
      redirect: secretHeaders || input.redirect === 'error' ? 'manual' : 'follow',
      signal,
      ...upload?.init,
    })
  } catch (cause) {
    throw upload?.failure(cause) ?? failureOf(request, cause, 'The request failed before an answer came.')
  }
}

function failureOf(
  request: PreparedRequest,
  cause: unknown,
  sentence: string,
  aborted = request.signal.aborted,
): TransportError {
  if (cause instanceof TransportError) return cause
  return aborted ? abandoned(cause) : requestFailure(request, 'network', sentence, { cause })
}

/** A plain reader loop: WebKit has neither async iteration of streams nor BYOB readers. */
function fetchBody({ body }: Response, request: PreparedRequest): HttpBody {
  const reader = body?.getReader()
  let cancelled = false
  return {
    async read(onChunk) {
      let cause: unknown
      try {
        while (reader !== undefined && !cancelled) {
          const { done, value } = await reader.read()
          if (done || cancelled) break
          if (!onChunk(value)) return true
        }
        if (!cancelled) return false
      } catch (thrown) {
        cause = thrown
      }
      throw failureOf(request, cause, 'The answer broke off.', cancelled || request.signal.aborted)
    },
    cancel() {
      cancelled = true
      void reader?.cancel().catch(() => undefined)
    },
  }
}
