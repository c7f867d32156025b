/**
 * JSON as text. Records are stored as the bytes that came, never re-encoded: `1e400`, `-0` and 2^53 + 1 would not
 * survive `JSON.stringify(JSON.parse(text))`. All functions but {@link jsonShape} want text that `JSON.parse` has taken.
 *
 * @module
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN = new Set([0x5b, 0x7b])
const CLOSE = new Set([0x5d, 0x7d])

/** How a JSON text is built: how deep arrays and objects nest, and how many commas the longest object has. */
export interface JsonShape {
  readonly depth: number
  /** Members of the largest object. */
  readonly keys: number
}

/** Looks at a text that may be hostile, before it is parsed. Linear, and needs no stack. */
export function jsonShape(text: string): JsonShape {
  const colons: number[] = [0]
  let deepest = 0
  let keys = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === COLON) keys = Math.max(keys, count(colons))
    else if (OPEN.has(code)) deepest = Math.max(deepest, colons.push(0) - 1)
    else if (CLOSE.has(code) && colons.length > 1) colons.pop()
  }
  return { depth: deepest, keys }
}

/** One more on the innermost level, and how many that makes. */
function count(levels: number[]): number {
  const many = (levels.pop() ?? 0) + 1
  levels.push(many)
  return many
}

/** The elements of an array, each as its own text. */
export function jsonElements(text: string): string[] {
  return itemsOf(text).map(oneLine)
}

/** The text of a member of an object. Of two members with one name the last counts, as for `JSON.parse`. */
export function jsonMember(text: string, name: string): string | undefined {
  let found: string | undefined
  for (const item of itemsOf(text)) {
    const keyEnd = endOfString(item, 0) + 1
    if (JSON.parse(item.slice(0, keyEnd)) === name) found = item.slice(item.indexOf(':', keyEnd) + 1).trim()
  }
  return found
}

/** A JSON text without line ends. In valid JSON a raw CR or LF is only ever white space. */
export function oneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, ' ').trim() : text.trim()
}

/** What stands between the commas of the outermost array or object. */
function itemsOf(text: string): string[] {
  const items: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (OPEN.has(code)) {
      if (++depth === 1) start = at + 1
    } else if (CLOSE.has(code)) {
      if (--depth === 0) items.push(text.slice(start, at).trim())
    } else if (code === COMMA && depth === 1) {
      items.push(text.slice(start, at).trim())
      start = at + 1
    }
  }
  return items.length === 1 && items[0] === '' ? [] : items
}

/** Where the string that opens at `open` closes; the end of the text when it does not. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0
    while (text.charCodeAt(at - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return at
  }
  return text.length
}
