/**
 * A short name for a value: of keys that end up in logs and in the inspector, where no payload belongs.
 *
 * @module
 */

/**
 * Sixteen hexadecimal digits (two runs of FNV-1a) of the value's JSON. What JSON says nothing of (a function, a stream, a `Blob`) counts as
 * nothing, and so does what it cannot say (a circle), which no request can send either: two of those are told apart by a key only.
 */
export function digestOf(value: unknown): string {
  const text = textOf(value)
  return `${fnv1a(text, 0x811c9dc5)}${fnv1a(text, 0x01234567)}`
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    return ''
  }
}

function fnv1a(text: string, start: number): string {
  let hash = start
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
