/**
 * A stranger's text as JSON.
 *
 * @module
 */

/** `undefined` when it is none, which no JSON is. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
