/**
 * The few kinds of fields that messages are made of, each as a question about a value.
 *
 * @module
 */

/** Whether a value is right. Never throws. */
export type Check = (value: unknown) => boolean

/** Deeper than any chart nests its states. */
const JSON_DEPTH = 32
/** More names than the states that all regions of a machine can be in at once. */
const JSON_PARTS = 4_096

/** A text of at most so many characters, or bytes of UTF-8. */
export function text(most: number, unit: 'characters' | 'bytes' = 'characters'): Check {
  return (value) => {
    if (typeof value !== 'string' || value.length > most) return false
    // No character takes more than three bytes for each of its UTF-16 units: most texts need not be counted.
    return unit === 'characters' || value.length * 3 <= most || new TextEncoder().encode(value).length <= most
  }
}

/** Ids, names, event types and tags. Nobody reads longer ones, and each may stand in a message of every event. */
export const NAME_LENGTH = 1_024

export const name = text(NAME_LENGTH)

/** Finite, as every number that came out of JSON but `1e999`. */
export function number(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value)
}

/** From 0. */
export function wholeNumber(most: number): Check {
  return (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most
}

/** A number of things, or of a message. */
export const count = wholeNumber(Number.MAX_SAFE_INTEGER)

export function oneOf(...values: readonly (string | boolean)[]): Check {
  const known: ReadonlySet<unknown> = new Set(values)
  return (value) => known.has(value)
}

export function orNull(check: Check): Check {
  return (value) => value === null || check(value)
}

export function list(check: Check, most: number): Check {
  return (value) => Array.isArray(value) && value.length <= most && value.every(check)
}

/** An object with these fields, perhaps with those of `allowed`, and with no others. */
export function shape(needed: Readonly<Record<string, Check>>, allowed: Readonly<Record<string, Check>> = {}): Check {
  const entries = Object.entries(needed)
  const extras = Object.entries(allowed)
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const right = ([key, check]: readonly [string, Check]): boolean =>
      Object.hasOwn(value, key) && check(Reflect.get(value, key))
    const present = extras.filter(([key]) => Object.hasOwn(value, key))
    return entries.every(right) && present.every(right) && Object.keys(value).length === entries.length + present.length
  }
}

/** An object that is right for what it says is its `kind`. */
export function oneKind(checks: Readonly<Record<string, Check>>): Check {
  return (value) => {
    if (typeof value !== 'object' || value === null || !('kind' in value)) return false
    const { kind } = value
    return typeof kind === 'string' && Object.hasOwn(checks, kind) && checks[kind]?.(value) === true
  }
}

/** Anything JSON can say, within a depth and a number of parts: a state's value is a tree of names, but other logic has its own. */
export function json(value: unknown): boolean {
  let parts = JSON_PARTS
  const walk = (part: unknown, depth: number): boolean => {
    parts -= 1
    if (parts < 0 || depth > JSON_DEPTH) return false
    if (typeof part === 'string') return part.length <= 1_024
    if (typeof part !== 'object' || part === null) return part === null || typeof part === 'boolean' || number(part)
    return Object.entries(part).every(([key, inner]) => key.length <= 1_024 && walk(inner, depth + 1))
  }
  return walk(value, 0)
}
