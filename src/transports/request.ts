/**
 * From what a user gave to a request that can be sent: everything that can be wrong with it is found here, before any socket.
 *
 * @module
 */
import { checkFunction, checkOneOf, checkPositive } from './option-checks.ts'
import type { PositionSession } from './positions.ts'
import { isRepeatable } from './repeatable.ts'
import type { RequestPayload } from './request-body.ts'
import { addHeaders, holdSecrets, resolveHeaders } from './request-headers.ts'
import type { HttpInput } from './request-input.ts'
import { resolveUrl } from './request-url.ts'

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
  /** Counts a followed redirect. */
  readonly spend?: (() => number) | undefined
  /** Whether sending it twice is safe. */
  readonly repeatable: boolean
  /** The rest of what the user said: `fetch` options, TLS, redirects. */
  readonly input: HttpInput
}

/** What a transport adds to the user's request. */
export interface RequestPlan {
  readonly attempt: number
  readonly signal: AbortSignal
  /** Counts a followed redirect; see `DialRequest.spend`. */
  readonly spend?: (() => number) | undefined
  /** Where the user's strategy goes on. */
  readonly session?: PositionSession | undefined
  /** The transport's own headers; the user's win. `undefined` values are left out. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
  /** The transport's own query parameters; they win over the URL's. `undefined` values are left out. */
  readonly query?: Readonly<Record<string, string | undefined>> | undefined
}

/** Checks and completes a request. Rejects `bad_url`, `bad_header`, `bad_option`, `unsupported`, `encode_failed`, `authorize_failed`. */
export async function prepareRequest(input: HttpInput, plan: RequestPlan): Promise<PreparedRequest> {
  const url = resolveUrl(input.url)
  checkOptions(input)
  const method = methodOf(input)
  // Loaded when first needed: most streams are a plain GET.
  const special = method === 'GET' && input.body === undefined ? undefined : await import('./request-special.ts')
  special?.checkMethod(method, input.body)
  for (const [name, value] of [...present(input.query), ...present(plan.query)]) url.searchParams.set(name, value)
  const { attempt, signal } = plan
  const given = new Headers()
  addHeaders(given, await resolveHeaders(input.headers, { attempt }))
  const headers = new Headers()
  addHeaders(headers, [...present({ ...plan.headers, 'idempotency-key': input.idempotencyKey }), ...given])
  const payload = await special?.payloadFor(input.body, { attempt }, headers)
  return {
    url,
    method,
    headers,
    payload,
    signal,
    spend: plan.spend,
    secretHeaders: holdSecrets(given),
    repeatable: plan.session?.resumable === true || isRepeatable(input),
    input,
  }
}

/** The method in capitals, not checked yet. */
export function methodOf({ method, body }: Pick<HttpInput, 'method' | 'body'>): string {
  return (method ?? (body === undefined ? 'GET' : 'POST')).toUpperCase()
}

/** The entries that have a value: some engines read a missing option differently from an undefined one. */
export function present<Value>(record: Readonly<Record<string, Value | undefined>> | undefined): [string, Value][] {
  return Object.entries({ ...record }).filter((entry): entry is [string, Value] => entry[1] !== undefined)
}

function checkOptions(input: HttpInput): void {
  for (const name of ['maxMessageBytes', 'maxBufferedBody', 'uploadChunkBytes'] as const)
    checkPositive(name, input[name])
  for (const name of ['fetch', 'until', 'onAnswer'] as const) checkFunction(name, input[name])
  checkOneOf('redirect', input.redirect, ['follow', 'error'])
  checkOneOf('protocol', input.protocol, ['http/1.1', 'h2'])
}
