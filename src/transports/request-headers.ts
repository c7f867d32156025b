/**
 * Header names and values, checked at the door. The runtimes disagree here: `fetch` trims and drops silently, `node:http` throws.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { HeadersSource, RequestAttempt } from './request-input.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being kept out (RFC 9110 section 5.5)
const BAD_VALUE = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/

/** They belong to the connection or to the framing, not to the caller: setting one is how requests get smuggled. */
const CONNECTION_HEADERS =
  /^(connection|content-length|expect|host|http2-settings|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/

/** Names that a plain cross-origin request may carry (Fetch standard, CORS-safelisted); any other may hold a secret. */
const SAFELISTED = /^(accept|(accept|content)-language|content-type|range)$/

/**
 * Adds the headers one by one; a name that comes twice has the later value. Throws `bad_header`, naming the header and never
 * its value.
 */
export function addHeaders(target: Headers, source: HeadersInit): void {
  let subject = 'The list of headers'
  try {
    for (const [name = '', value] of Symbol.iterator in source ? source : Object.entries(source)) {
      subject = 'A header name'
      // Checks that it is a token, which alone may be shown: it could be a whole pasted "Name: value" line.
      target.set(name, '')
      subject = `The header ${name.toLowerCase()}`
      // Headers itself trims and drops some of it silently, and turns anything into text.
      if (typeof value !== 'string' || BAD_VALUE.test(value) || CONNECTION_HEADERS.test(name.toLowerCase()))
        throw source
      target.set(name, value)
    }
  } catch {
    // Not even as the cause: the runtime's error quotes what it refuses.
    throw new TransportError('bad_header', `${subject} is malformed, or reserved.`)
  }
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
  return [...headers.keys()].some((name) => !SAFELISTED.test(name))
}
