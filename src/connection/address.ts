/**
 * A URL as a user may write it: absolute, or relative where there is a page.
 *
 * @module
 */

/** The absolute URL, or `undefined` where the text is none; the dial is who complains of it. */
export function addressOf(given: unknown): URL | undefined {
  try {
    return new URL(String(given), globalThis.location?.href)
  } catch {
    return undefined
  }
}
