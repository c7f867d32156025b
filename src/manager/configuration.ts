/**
 * One configuration out of several.
 *
 * @module
 */
import { mergeHeaders } from './configuration-headers.ts'

/** Options that are made of fields which can be told one by one. Everything else is one value: a body is data, a codec a thing. */
const byField: ReadonlySet<string> = new Set(['backoff', 'outbox', 'query', 'tls', 'polling'])

/** Options whose fields are HTTP headers: a name counts whatever its case. */
const byHeader: ReadonlySet<string> = new Set(['headers', 'sendHeaders'])

/**
 * Merges layers, the weakest first: what the library takes for granted, the manager's options, those of the key, those of the call.
 *
 * - A later layer wins, option by option. `undefined` says nothing, so that it does not win; `null`, `false` and `0` do.
 * - `backoff`, `outbox`, `query`, `tls` and `polling` merge field by field, where both are plain objects.
 * - `headers` and `sendHeaders` merge name by name, whatever the case; a function takes the place of what was said before it.
 * - Everything else (a URL, a body, a function, an instance, an array) is taken whole.
 *
 * Only own fields count, and nothing that is given is changed.
 *
 * @example
 * const config = mergeConfig<TransportConfig<'sse'>>({ connectTimeout: 5_000 }, { headers: { accept: 'a' } }, { url })
 */
export function mergeConfig<Config extends object>(
  ...layers: readonly [...lower: readonly (Partial<NoInfer<Config>> | undefined)[], call: Config]
): Config {
  const merged = new Map<string, unknown>()
  for (const layer of layers) {
    for (const [name, value] of fieldsOf(layer)) merged.set(name, mergeOption(name, merged.get(name), value))
  }
  return Object.fromEntries(merged) as Config
}

function mergeOption(name: string, lower: unknown, higher: unknown): unknown {
  if (byHeader.has(name)) return mergeHeaders(lower, higher)
  if (!byField.has(name) || !isPlain(lower) || !isPlain(higher)) return higher
  return Object.fromEntries([...fieldsOf(lower), ...fieldsOf(higher)])
}

/** What a layer says. A field named `__proto__`, as JSON can hold one, is no option and would be a prototype to whoever copies it. */
function fieldsOf(layer: object | undefined): readonly (readonly [string, unknown])[] {
  return Object.entries(layer ?? {}).filter(([name, value]) => value !== undefined && name !== '__proto__')
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
