/**
 * Whether a text is JSON: the way to tell a whole record from one that was cut short.
 *
 * @module
 */

export function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
