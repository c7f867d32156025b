/**
 * Header names and values, checked at the door. The runtimes disagree here: `fetch` trims and drops silently, `node:http` throws.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { HeadersSource, RequestAttempt } from './request-input.ts'

/** A token of RFC 9110 section 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being kept out (RFC 9110 section 5.5)
const BAD_VALUE = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/

/** They belong to the connection or to the framing, not to the caller: setting one is how requests get smuggled. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Names that a plain cross-origin request may carry (Fetch standard, CORS-safelisted); any other may hold a secret. */
const SAFELISTED = new Set(['accept', 'accept-language', 'content-language', 'content-type', 'range'])

/** Adds the headers one by one. Throws `bad_header`, naming the header and never its value. */
export function addHeaders(target: Headers, source: HeadersInit): void {
  for (const [name, value] of entriesOf(source)) {
    // The name itself is only shown when it is a token: it could be a whole pasted "Name: value" line.
    if (typeof name !== 'string' || !NAME.test(name))
      throw new TransportError('bad_header', 'A header name is not a token.')
    const lower = name.toLowerCase()
    if (CONNECTION_HEADERS.has(lower)) {
      throw new TransportError('bad_header', `The header ${lower} belongs to the connection and cannot be set.`)
    }
    if (typeof value !== 'string' || BAD_VALUE.test(value)) {
      throw new TransportError(
        'bad_header',
        `The value of the header ${lower} holds a character that headers cannot carry.`,
      )
    }
    target.set(lower, value)
  }
}

function entriesOf(source: HeadersInit): Iterable<readonly string[]> {
  if (typeof source !== 'object' || source === null) {
    throw new TransportError('bad_header', 'Headers must be an object, a list of pairs or a Headers object.')
  }
  return Symbol.iterator in source ? source : Object.entries(source)
}

/** Calls the function form. What it throws is `authorize_failed`, unless it is a `TransportError` already. */
export async function resolveHeaders(source: HeadersSource | undefined, attempt: RequestAttempt): Promise<HeadersInit> {
  if (typeof source !== 'function') return source ?? {}
  try {
    return await source(attempt)
  } catch (cause) {
    if (cause instanceof TransportError) throw cause
    throw new TransportError('authorize_failed', 'The function that makes the headers failed.', { cause })
  }
}

/** Whether another origin must not see them: `Authorization`, `Cookie`, or any name that is not CORS-safelisted. */
export function holdSecrets(headers: Headers): boolean {
  for (const name of headers.keys()) if (!SAFELISTED.has(name)) return true
  return false
}
