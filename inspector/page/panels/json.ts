/**
 * Texts of payloads and contexts, taken apart for a tree. They come from strangers: everything here bears any text.
 *
 * @module
 */

export type Parsed =
  | { readonly kind: 'value'; readonly value: unknown }
  /** `cut`: it began as JSON and its end is missing. */
  | { readonly kind: 'text' | 'cut'; readonly text: string }

/** A cut or foreign text is shown as it is. */
export function parsed(text: string): Parsed {
  try {
    return { kind: 'value', value: JSON.parse(text) }
  } catch {
    return { kind: /^\s*[[{]/.test(text) && !/[\]}]\s*$/.test(text) ? 'cut' : 'text', text }
  }
}

/** Parts of an object or array by name; nothing for what has none. */
export function partsOf(value: unknown): readonly (readonly [name: string, part: unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

/** The path of a part: names may hold anything, dots too. */
export function pathOf(path: string, name: string): string {
  return `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Deeper down a difference is marked on the part as a whole. */
const deepest = 12

/** What stood at each path that differs; nothing where there was nothing. */
export type Changes = ReadonlyMap<string, unknown>

/** The paths of what differs, those around it included, so that a closed part shows that something in it has changed. */
export function changedPaths(before: unknown, after: unknown): Changes {
  const changed = new Map<string, unknown>()
  const differs = (was: unknown, is: unknown, path: string, depth: number): boolean => {
    if (Object.is(was, is)) return false
    const parts = partsOf(is)
    const old = new Map(partsOf(was))
    const inner =
      depth < deepest
        ? parts.map(([name, part]) => differs(old.get(name), part, pathOf(path, name), depth + 1)).includes(true)
        : !sameText(was, is)
    const same = !inner && parts.length === old.size && sameKind(was, is)
    if (!same) changed.set(path, was)
    return !same
  }
  differs(before, after, '', 0)
  return changed
}

/** By a list and not by calls: a text of 16 kB can be nested 8,000 deep. */
function sameText(was: unknown, is: unknown): boolean {
  const open: (readonly [unknown, unknown])[] = [[was, is]]
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [one, other] = pair
    if (Object.is(one, other)) continue
    const old = new Map(partsOf(one))
    const parts = partsOf(other)
    if (parts.length !== old.size || !sameKind(one, other)) return false
    for (const [name, part] of parts) open.push([old.get(name), part])
  }
  return true
}

function sameKind(was: unknown, is: unknown): boolean {
  const plain = [was, is].some((value) => typeof value !== 'object' || value === null)
  return !plain && Array.isArray(was) === Array.isArray(is)
}

/** What the app put in the place of what it keeps to itself: dots, and about how long it was. */
const redaction = /(•{2,}(?: [≤>]\d{1,9})?)/

/** What a mark says of the text that stood there: `•••• ≤32` is "at most 32 characters". */
export function redactionWords(mark: string): string {
  const [, sign, length] = /([≤>])(\d+)$/.exec(mark) ?? []
  if (length === undefined) return 'of a length that is not told'
  return `${sign === '>' ? 'more than' : 'at most'} ${length} characters`
}

/** A text in pieces; every other one, from the second on, is a redaction mark. */
export function redactions(text: string): readonly string[] {
  return text.split(redaction)
}
