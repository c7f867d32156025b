/**
 * An HTTP answer as every transport sees it, whether `fetch`, `node:http` or `node:http2` brought it.
 *
 * @module
 */
import { TransportError, type TransportErrorCode, type TransportErrorFacts } from '../errors.ts'
import type { PreparedRequest } from './request.ts'

/** Bytes that can be stopped. */
export interface HttpBody {
  /**
   * Pushes chunks until `onChunk` says `false`, then resolves `true`; resolves `false` at the clean end. Rejects `network` when
   * the answer was cut short. While nobody reads, the socket is not read either.
   */
  read(onChunk: (chunk: Uint8Array) => boolean): Promise<boolean>
  /** Lets go of the connection. A pending `read` rejects `aborted`. Idempotent, never throws. */
  cancel(): void
}

/** Status and headers, before anybody has judged them. */
export interface AnswerHead {
  readonly status: number
  /** Where the answer came from in the end. */
  readonly url: string
  /** A header's value, whatever the case of its name. */
  header(name: string): string | undefined
  /** The body as text, at most `maxBytes` of it; for the details of a refusal. Takes the body away from the transport. */
  text(maxBytes?: number): Promise<string>
}

/** An answer whose headers have arrived. */
export interface HttpAnswer extends AnswerHead {
  readonly body: HttpBody
}

/** Puts the pieces of an answer together. */
export function httpAnswer(parts: Omit<HttpAnswer, 'text'>): HttpAnswer {
  return { ...parts, text: (maxBytes = 65_536) => bodyText(parts.body, maxBytes) }
}

async function bodyText(body: HttpBody, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let left = maxBytes
  const cut = await body.read((chunk) => {
    text += decoder.decode(left < chunk.length ? chunk.subarray(0, left) : chunk, { stream: true })
    left -= chunk.length
    return left > 0
  })
  if (cut) body.cancel()
  return text
}

/** A failure of this request: says whether repeating it is safe. */
export function requestFailure(
  request: Pick<PreparedRequest, 'repeatable'>,
  code: TransportErrorCode,
  message: string,
  facts: TransportErrorFacts = {},
): TransportError {
  return new TransportError(code, message, { ...facts, repeatable: facts.repeatable ?? request.repeatable })
}

/** No server hint is believed beyond ten minutes (wire.md 2.6): a wrong header must not silence a client for a year. */
export const LONGEST_HINT = 600_000

/**
 * `Retry-After` in milliseconds (RFC 9110 section 10.2.3): seconds or an HTTP date, at most ten minutes.
 * A date in the past is 0; anything else is `undefined`.
 */
export function retryAfter(value: string | undefined, now: number = Date.now()): number | undefined {
  const text = value?.trim()
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_HINT)
  // Only the three date forms of RFC 9110 section 5.6.7: Date.parse alone takes "-1" and "1.5" for years.
  if (!/^[A-Z][a-z]+,? .*\d/.test(text)) return undefined
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.min(Math.max(date - now, 0), LONGEST_HINT)
}

/** The media type without parameters, in lower case; empty when none was given. */
export function mediaType(head: Pick<AnswerHead, 'header'>): string {
  const [type = ''] = (head.header('content-type') ?? '').split(';', 1)
  return type.trim().toLowerCase()
}

/** Lets go of an answer that is not wanted, and says why. */
export function refuseStatus(request: PreparedRequest, answer: HttpAnswer): TransportError {
  answer.body.cancel()
  return requestFailure(request, 'http_status', `The server answered with status ${answer.status}.`, {
    status: answer.status,
    retryAfterMs: retryAfter(answer.header('retry-after')),
    contentType: mediaType(answer) || undefined,
  })
}

/** Lets go of an answer of the wrong kind, and names what came. A type is cut short: it is the server's text, not ours. */
export function refuseType(request: PreparedRequest, answer: HttpAnswer, wanted: string): TransportError {
  answer.body.cancel()
  const type = mediaType(answer).slice(0, 80)
  const came = type === '' ? 'an answer without a content type' : type
  return requestFailure(request, 'unexpected_content_type', `Expected ${wanted}, but ${came} came.`, {
    status: answer.status,
    contentType: type || undefined,
  })
}
