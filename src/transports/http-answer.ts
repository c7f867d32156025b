/**
 * An HTTP answer as every transport sees it, whether `fetch`, `node:http` or `node:http2` brought it.
 *
 * @module
 */
import { believedPause, TransportError, type TransportErrorCode, type TransportErrorFacts } from '../errors.ts'
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
  /** From now on only {@link cancel} ends it, not the signal of its request, which is then kept no longer. */
  own?(): void
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
  // Loaded when first needed: only a refusal has details to read.
  return { ...parts, text: async (maxBytes) => (await import('./http-text.ts')).bodyText(parts.body, maxBytes) }
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

/** Given up by us. Nobody asks any more whether it may be repeated. */
export function abandoned(cause?: unknown): TransportError {
  return new TransportError('aborted', 'The request was given up.', { cause })
}

/**
 * `Retry-After` in milliseconds (RFC 9110 section 10.2.3): seconds or an HTTP date, at most ten minutes.
 * A date in the past is 0; anything else is `undefined`.
 */
export function retryAfter(value = '', now: number = Date.now()): number | undefined {
  const text = value.trim()
  let milliseconds = Number.NaN
  if (/^\d+$/.test(text)) milliseconds = Number(text) * 1000
  // Only the three date forms of RFC 9110 section 5.6.7: Date.parse alone takes "-1" and "1.5" for years.
  else if (/^[A-Z][a-z]+,? .*\d/.test(text)) milliseconds = Date.parse(text) - now
  return Number.isNaN(milliseconds) ? undefined : believedPause(milliseconds)
}

/** The media type without parameters, in lower case; empty when none was given. */
export function mediaType(head: Pick<AnswerHead, 'header'>): string {
  const [type = ''] = (head.header('content-type') ?? '').split(';', 1)
  return type.trim().toLowerCase()
}

/** The media type, cut short: it is the server's text, not ours. One that was cut off on its way to the `wanted` one is none. */
export function arrivedType(head: Pick<AnswerHead, 'header'>, wanted = ''): string | undefined {
  const type = mediaType(head)
  return type.length < wanted.length && wanted.startsWith(type) ? undefined : type.slice(0, 80) || undefined
}

/**
 * Why an answer is not wanted: `unexpected_content_type` where another kind is, `http_status` where none is named. What was thrown
 * while dialling or reading ends the request, so that nobody has to let go of the answer.
 */
export function refusal(request: PreparedRequest, answer: AnswerHead, wanted?: string): TransportError {
  const { status } = answer
  const contentType = arrivedType(answer, wanted)
  const retryAfterMs = retryAfter(answer.header('retry-after'))
  const [code, sentence]: [TransportErrorCode, string] =
    wanted === undefined
      ? ['http_status', `The server answered with status ${status}.`]
      : ['unexpected_content_type', `Expected ${wanted}, but ${contentType ?? 'no content type'} came.`]
  return requestFailure(request, code, sentence, { status, contentType, retryAfterMs })
}
