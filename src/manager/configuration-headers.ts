/**
 * Headers said in several places.
 *
 * @module
 */

/** Both, name by name. What makes headers for each attempt cannot be merged before: it stands for all of them. */
export function mergeHeaders(lower: unknown, higher: unknown): unknown {
  const [below, above] = [pairsOf(lower), pairsOf(higher)]
  if (below === undefined || above === undefined) return higher
  // Not a `Headers`: that throws for what the transport is to refuse, with its own error.
  const named = new Map<string, readonly [string, string]>()
  for (const pair of [...below, ...above]) named.set(pair[0].toLowerCase(), pair)
  return [...named.values()].map((pair) => [...pair])
}

type Pair = readonly [name: string, value: string]

/** `undefined` for what is no list of headers. */
function pairsOf(source: unknown): readonly Pair[] | undefined {
  if (typeof source !== 'object' || source === null) return undefined
  const pairs: readonly unknown[] =
    Symbol.iterator in source ? [...(source as Iterable<unknown>)] : Object.entries(source)
  const isPair = (pair: unknown): pair is Pair => Array.isArray(pair) && pair.length === 2
  return pairs.every(isPair) ? pairs.filter(([, value]) => value !== undefined) : undefined
}
