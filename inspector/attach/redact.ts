/**
 * Values as text that may be shown: bounded, readable, without secrets. Whatever a value does when it is looked at, this does not throw.
 *
 * @module
 */
import { bounds } from '../protocol/bounds.ts'
import { labelOfObject } from './labels-of-values.ts'
import { type Rule, ruledBy } from './redact-rules.ts'
import { beginningOf, withoutSecrets } from './redact-text.ts'
import { concealed, isSecret } from './secrets.ts'

const deepest = 6
const mostKeys = 100
const mostItems = 200
/** A text that is JSON is taken apart up to this length. */
const longestParsed = 262_144

/** Takes secrets out of what is told. */
export interface Redaction {
  /** A value as JSON text of at most `bounds.textLength` characters. */
  text(value: unknown, longest?: number): string
  /** A name or a sentence. */
  words(text: string): string
}

/** One look at one value. */
class Look {
  readonly #rule: Rule | null
  readonly #above = new Set<object>()
  /** Characters that may still be written. */
  #room: number

  constructor(rule: Rule | null, room: number) {
    this.#rule = rule
    this.#room = room
  }

  show(value: unknown, path: readonly string[]): unknown {
    const shown = this.#shown(value, path)
    if (typeof shown === 'string') this.#room -= shown.length
    this.#room -= 8
    return shown
  }

  #shown(value: unknown, path: readonly string[]): unknown {
    const name = path.at(-1)
    if (name !== undefined && isSecret(name, value)) return concealed(value)
    if (this.#rule?.(path, value) === true) return concealed(value)
    switch (typeof value) {
      case 'string':
        return this.#string(value, path)
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ? value : String(value)
      case 'boolean':
        return value
      case 'bigint':
        return `${value}n`
      case 'symbol':
        return withoutSecrets(String(value))
      case 'undefined':
        return 'undefined'
      default:
        return isObject(value) ? this.#object(value, path) : null
    }
  }

  #string(text: string, path: readonly string[]): unknown {
    const looksLikeJson = /^\s*[[{]/.test(text)
    if (looksLikeJson && text.length <= longestParsed && path.length < deepest) {
      const parsed = parse(text)
      // Not the value itself: that it came as text is a fact.
      if (typeof parsed === 'object') return JSON.stringify(this.show(parsed, path))
    }
    // A path leads nowhere in a text that cannot be taken apart.
    if (looksLikeJson && this.#rule !== null) return concealed(text)
    return withoutSecrets(beginningOf(text, Math.max(0, this.#room)))
  }

  #object(value: object, path: readonly string[]): unknown {
    if (this.#above.has(value)) return '[circular]'
    this.#above.add(value)
    try {
      return this.#opened(value, path)
    } catch {
      return '[unreadable]'
    } finally {
      this.#above.delete(value)
    }
  }

  #opened(value: object, path: readonly string[]): unknown {
    if (Array.isArray(value))
      return path.length >= deepest ? `[… ${value.length}]` : this.#list(value, value.length, path)
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof RegExp) return withoutSecrets(String(value))
    if (value instanceof Map || value instanceof Set) return this.#collection(value, path)
    if (path.length >= deepest) return labelOfObject(value) ?? '{…}'
    // Actors, URLs, errors of ours and events that hide their content say themselves what may be seen of them.
    const own: unknown = Reflect.get(value, 'toJSON')
    if (typeof own === 'function') return this.#said(Reflect.apply(own, value, []), path)
    if (value instanceof Error) return this.#error(value, path)
    return labelOfObject(value) ?? this.#fields(value, Object.keys(value), path)
  }

  /** What an object says of itself is taken at its word, once: JSON asks no further either. */
  #said(said: unknown, path: readonly string[]): unknown {
    if (!isObject(said) || Array.isArray(said)) return this.show(said, path)
    return labelOfObject(said) ?? this.#fields(said, Object.keys(said), path)
  }

  #list(items: Iterable<unknown>, length: number, path: readonly string[]): unknown[] {
    const shown: unknown[] = []
    for (const item of items) {
      if (shown.length === mostItems || this.#room <= 0) {
        shown.push(`… ${length - shown.length} more`)
        break
      }
      shown.push(this.show(item, [...path, `${shown.length}`]))
    }
    return shown
  }

  #collection(value: Map<unknown, unknown> | Set<unknown>, path: readonly string[]): unknown {
    const label = `${value instanceof Map ? 'Map' : 'Set'}(${value.size})`
    if (path.length >= deepest) return label
    if (value instanceof Set) return { [label]: this.#list(value, value.size, path) }
    const entries = Object.create(null) as Record<string, unknown>
    let rest = value.size
    for (const [key, item] of value) {
      if (value.size - rest === mostKeys || this.#room <= 0) {
        entries['…'] = `${rest} more`
        break
      }
      rest -= 1
      const name = typeof key === 'string' ? key : String(this.show(key, ['']))
      entries[this.#name(name)] = this.show(item, [...path, name])
    }
    return { [label]: entries }
  }

  #error(error: Error, path: readonly string[]): unknown {
    const facts = ['name', 'message', 'code', 'cause'].filter((fact) => fact in error)
    return this.#fields(error, facts, path)
  }

  #fields(value: object, names: readonly string[], path: readonly string[]): Record<string, unknown> {
    // Without a prototype, so that a field called `__proto__` is a field.
    const shown = Object.create(null) as Record<string, unknown>
    let count = 0
    for (const name of names) {
      if (count === mostKeys || this.#room <= 0) {
        shown['…'] = `${names.length - count} more`
        break
      }
      count += 1
      shown[this.#name(name)] = this.#field(value, name, path)
    }
    return shown
  }

  #field(value: object, name: string, path: readonly string[]): unknown {
    try {
      return this.show(Reflect.get(value, name), [...path, name])
    } catch {
      return '[unreadable]'
    }
  }

  #name(name: string): string {
    const shown = withoutSecrets(beginningOf(name, 200))
    this.#room -= shown.length
    return shown
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * @param rules - more that is secret: dotted paths such as `user.email` or `rooms.*.topic`, each wherever it ends a path; or a function.
 * @example
 * createRedaction(['user.email']).text({ user: { email: 'a@b.c' }, token: 'x' }) // '{"user":{"email":"•••• ≤8"},"token":"•••• ≤8"}'
 */
export function createRedaction(rules?: readonly string[] | Rule): Redaction {
  const rule = ruledBy(rules)
  return {
    text(value, longest = bounds.textLength) {
      try {
        const text = JSON.stringify(new Look(rule, longest).show(value, []))
        // Nothing of a cut text is a secret that the whole did not show.
        return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
      } catch {
        return '"[unreadable]"'
      }
    },
    words: (text) => withoutSecrets(beginningOf(text, 200)),
  }
}
