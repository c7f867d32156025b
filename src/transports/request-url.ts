/**
 * Addresses that a request can be sent to.
 *
 * @module
 */
import { TransportError } from '../errors.ts'

/**
 * An absolute `http:` or `https:` URL without a fragment. Throws `bad_url`; the sentence never holds the URL,
 * because people paste addresses with tokens in them.
 */
export function resolveUrl(given: string | URL): URL {
  try {
    const url = new URL(given, globalThis.location?.href)
    url.hash = ''
    if (isPlainHttp(url)) return url
  } catch {
    // Not even as the cause: Node's error carries the whole text.
  }
  throw new TransportError(
    'bad_url',
    'The URL must be http or https, without credentials, and absolute outside a page.',
  )
}

/** Without a user name or password: what stands in a URL ends up in logs, so that credentials belong into a header. */
export function isPlainHttp({ protocol, username, password }: URL): boolean {
  return /^https?:$/.test(protocol) && username + password === ''
}
