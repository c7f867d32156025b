/**
 * From what a user gave to a request that can be sent: everything that can be wrong with it is found here, before any socket.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { isRepeatable } from './repeatable.ts'
import type { RequestPayload } from './request-body.ts'
import { addHeaders, holdSecrets, resolveHeaders } from './request-headers.ts'
import type { HttpInput } from './request-input.ts'

export type { HttpInput } from './request-input.ts'

/** A checked request, good for one attempt. */
export interface PreparedRequest {
  readonly url: URL
  /** In capitals. */
  readonly method: string
  readonly headers: Headers
  readonly payload: RequestPayload | undefined
  /** Ends the request and, later, its answer. */
  readonly signal: AbortSignal
  /** A header rides along that another origin must not see. */
  readonly secretHeaders: boolean
  /** The same, or the browser adds credentials of its own. */
  readonly credentialed: boolean
  /** Whether sending it twice is safe. */
  readonly repeatable: boolean
  /** The rest of what the user said: `fetch` options, TLS, redirects. */
  readonly input: HttpInput
}

/** What a transport adds to the user's request. */
export interface RequestPlan {
  readonly attempt: number
  readonly signal: AbortSignal
  /** The transport's own headers; the user's win. `undefined` values are left out. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
  /** The transport's own query parameters; they win over the URL's. `undefined` values are left out. */
  readonly query?: Readonly<Record<string, string | undefined>> | undefined
}

/** Checks and completes a request. Rejects `bad_url`, `bad_header`, `bad_option`, `unsupported`, `encode_failed`, `authorize_failed`. */
export async function prepareRequest(input: HttpInput, plan: RequestPlan): Promise<PreparedRequest> {
  const url = resolveUrl(input.url)
  const method = methodOf(input)
  checkOptions(input)
  for (const [name, value] of [...Object.entries(input.query ?? {}), ...Object.entries(plan.query ?? {})]) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  const { attempt, signal } = plan
  const given = new Headers()
  addHeaders(given, await resolveHeaders(input.headers, { attempt }))
  const headers = new Headers()
  for (const [name, value] of Object.entries(plan.headers ?? {}))
    if (value !== undefined) addHeaders(headers, { [name]: value })
  if (input.idempotencyKey !== undefined) addHeaders(headers, { 'idempotency-key': input.idempotencyKey })
  addHeaders(headers, given)
  // Loaded when first needed: most streams are a plain GET.
  const body =
    input.body === undefined ? undefined : await (await import('./request-body.ts')).bodyFor(input.body, { attempt })
  if (body?.contentType !== undefined && !headers.has('content-type')) headers.set('content-type', body.contentType)
  const secretHeaders = holdSecrets(given)
  const credentialed = secretHeaders || input.credentials === 'include'
  const repeatable = isRepeatable(input)
  return { url, method, headers, payload: body?.payload, signal, secretHeaders, credentialed, repeatable, input }
}

/**
 * An absolute `http:` or `https:` URL without a fragment. Throws `bad_url`; the sentence never holds the URL,
 * because people paste addresses with tokens in them.
 */
export function resolveUrl(given: string | URL): URL {
  let url: URL
  try {
    url = new URL(given, globalThis.location?.href)
  } catch {
    // Not even as the cause: Node's error carries the whole text.
    throw new TransportError('bad_url', 'The URL cannot be parsed, or is relative where there is no page.')
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TransportError('bad_url', `An http or https URL is needed, not ${url.protocol.slice(0, 20)}.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new TransportError('bad_url', 'The URL holds a user name or password: send an Authorization header instead.')
  }
  url.hash = ''
  return url
}

/** Methods that a client cannot send, or that have no answer to stream. */
const REFUSED_METHODS = new Set(['CONNECT', 'HEAD', 'OPTIONS', 'TRACE', 'TRACK'])

/** The method in capitals. Throws `bad_option`. */
export function methodOf(input: Pick<HttpInput, 'method' | 'body'>): string {
  const method = (input.method ?? (input.body === undefined ? 'GET' : 'POST')).toUpperCase()
  if (!/^[A-Z][A-Z-]{0,31}$/.test(method) || REFUSED_METHODS.has(method)) {
    throw new TransportError(
      'bad_option',
      'Option method must be a method with an answer to read, such as GET or POST.',
    )
  }
  if (method === 'GET' && input.body !== undefined) {
    throw new TransportError('bad_option', 'Option body needs a method other than GET.')
  }
  return method
}

/** The default of `maxMessageBytes`. */
export const DEFAULT_MESSAGE_BYTES = 1_048_576

function checkOptions(input: HttpInput): void {
  checkPositive('maxMessageBytes', input.maxMessageBytes)
  checkPositive('maxBufferedBody', input.maxBufferedBody)
  checkPositive('uploadChunkBytes', input.uploadChunkBytes)
  checkOneOf('redirect', input.redirect, ['follow', 'error'])
  checkOneOf('protocol', input.protocol, ['http/1.1', 'h2'])
  for (const name of ['fetch', 'until', 'onAnswer'] as const) {
    if (input[name] !== undefined && typeof input[name] !== 'function') {
      throw new TransportError('bad_option', `Option ${name} must be a function.`)
    }
  }
}

/** Throws `bad_option` unless the value is missing or a positive whole number. */
export function checkPositive(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
    throw new TransportError('bad_option', `Option ${name} must be a positive whole number.`)
  }
}

/** Throws `bad_option` unless the value is missing or one of these. */
export function checkOneOf(name: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value)) {
    throw new TransportError('bad_option', `Option ${name} must be one of ${allowed.join(', ')}.`)
  }
}
