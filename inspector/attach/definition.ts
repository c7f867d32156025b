/**
 * A machine's configuration as JSON text: its states in the order of their source, functions by their names, nothing of its data.
 *
 * @module
 */
import { bounds } from '../protocol/bounds.ts'
import { createRedaction } from './redact.ts'

/** A configuration under its name. */
export interface Definition {
  readonly hash: string
  readonly json: string
}

/** What may hold data, or is of no use without the code around it. */
const left = new Set(['context', 'input', 'output', 'schemas', 'types', 'params'])
const deepest = 100

/** Code is no data: only what looks like a secret by itself is one. */
const redaction = createRedaction()

/** By configuration: `provide` makes another machine with the same one. */
const known = new WeakMap<object, Definition | null>()

function nameOf(value: unknown, key: string): string {
  const { name, type } = value as { readonly name?: unknown; readonly type?: unknown }
  if (typeof type === 'string') return type
  // A function takes the name of the property it is written in: that is none.
  if (typeof name === 'string' && name !== '' && name !== key) return name
  return key === 'guard' ? '?' : 'inline'
}

function plain(value: unknown, key: string, depth: number): unknown {
  if (depth > deepest) throw new RangeError('This configuration is deeper than any machine.')
  if (typeof value === 'function') return nameOf(value, key)
  if (typeof value === 'string') return redaction.words(value)
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => plain(item, key, depth + 1))
  // Logic that stands where a name could: it is named by where it stands.
  if (key === 'src') return 'inline'
  if (key === 'meta') return JSON.parse(redaction.text(value))
  const copy = Object.create(null) as Record<string, unknown>
  for (const [name, item] of Object.entries(value)) {
    if (!left.has(name) || key === 'states') copy[redaction.words(name)] = plain(item, name, depth + 1)
  }
  return copy
}

/** FNV-1a, twice from different starts: 64 bits tell the machines of one app apart. */
function hashOf(text: string): string {
  let one = 0x811c9dc5
  let other = 0x01000193
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    one = Math.imul(one ^ code, 0x01000193)
    other = Math.imul(other ^ code, 0x85ebca6b)
  }
  return [one, other].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}

/** `null` for what is too large to be told, or too odd. */
export function definitionOf(config: object): Definition | null {
  const before = known.get(config)
  if (before !== undefined) return before
  const made = make(config)
  known.set(config, made)
  return made
}

function make(config: object): Definition | null {
  try {
    const json = JSON.stringify(plain(config, '', 0))
    return new TextEncoder().encode(json).byteLength > bounds.definitionBytes ? null : { hash: hashOf(json), json }
  } catch {
    return null
  }
}
