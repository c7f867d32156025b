/**
 * What lives on the heap, by constructor, so that two counts show what a connection consists of.
 *
 * @module
 */
import { getHeapSnapshot } from 'node:v8'

/** How many objects of a kind there are, and their own bytes together. */
export interface Kind {
  readonly count: number
  readonly bytes: number
}

export type Population = Readonly<Record<string, Kind>>

/** The parts of V8's snapshot format that are read: rows of numbers in flat arrays, explained by `meta`. */
export interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[]
      readonly node_types: readonly (string | readonly string[])[]
      readonly edge_fields: readonly string[]
      readonly edge_types: readonly (string | readonly string[])[]
    }
  }
  readonly nodes: readonly number[]
  readonly edges: readonly number[]
  readonly strings: readonly string[]
}

/** Counts this process's heap. It stops for that, a second for each 50 MB or so. */
export async function heapCensus(): Promise<Population> {
  const parts: Buffer[] = []
  for await (const part of getHeapSnapshot()) parts.push(part)
  return populationOf(JSON.parse(Buffer.concat(parts).toString()))
}

/** Kinds that say nothing by themselves: they are named by who holds them. */
const ANONYMOUS = new Set(['array', 'hidden', 'closure', 'object shape', 'number', 'code'])

/** Sums up a snapshot. A closure, an array or a context is counted under the object that holds it. */
export function populationOf(snapshot: HeapSnapshot): Population {
  const { meta } = snapshot.snapshot
  const column = (name: string): number => meta.node_fields.indexOf(name)
  const [typeAt, nameAt, sizeAt] = [column('type'), column('name'), column('self_size')]
  const width = meta.node_fields.length
  const types = meta.node_types[typeAt] ?? []
  const holders = holdersOf(snapshot)

  const labelOf = (node: number): string => {
    const type = types[snapshot.nodes[node + typeAt] ?? 0] ?? ''
    const name = snapshot.strings[snapshot.nodes[node + nameAt] ?? 0] ?? ''
    return type === 'string' || type === 'concatenated string' ? '(string)' : `${name} (${type})`
  }
  const kinds: Record<string, { count: number; bytes: number }> = {}
  for (let node = 0; node < snapshot.nodes.length; node += width) {
    const type = types[snapshot.nodes[node + typeAt] ?? 0] ?? ''
    const holder = holders.get(node)
    const label = ANONYMOUS.has(type) && holder !== undefined ? `${labelOf(node)} of ${labelOf(holder)}` : labelOf(node)
    kinds[label] ??= { count: 0, bytes: 0 }
    const kind = kinds[label]
    kind.count += 1
    kind.bytes += snapshot.nodes[node + sizeAt] ?? 0
  }
  return kinds
}

/** For each node the first that points at it and is not weak; both as indices into `nodes`. */
function holdersOf({ snapshot: { meta }, nodes, edges }: HeapSnapshot): ReadonlyMap<number, number> {
  const edgeCountAt = meta.node_fields.indexOf('edge_count')
  const [edgeTypeAt, toAt] = [meta.edge_fields.indexOf('type'), meta.edge_fields.indexOf('to_node')]
  const weak = (meta.edge_types[edgeTypeAt] ?? []).indexOf('weak')
  const holders = new Map<number, number>()
  let edge = 0
  for (let node = 0; node < nodes.length; node += meta.node_fields.length) {
    const end = edge + (nodes[node + edgeCountAt] ?? 0) * meta.edge_fields.length
    for (; edge < end; edge += meta.edge_fields.length) {
      const to = edges[edge + toAt] ?? 0
      if (edges[edge + edgeTypeAt] !== weak && !holders.has(to)) holders.set(to, node)
    }
  }
  return holders
}

/** What came for each of so many connections, the heaviest first. */
export function growthPer(
  connections: number,
  before: Population,
  after: Population,
): readonly (Kind & { name: string })[] {
  return Object.entries(after)
    .map(([name, { count, bytes }]) => ({
      name,
      count: (count - (before[name]?.count ?? 0)) / connections,
      bytes: (bytes - (before[name]?.bytes ?? 0)) / connections,
    }))
    .filter(({ bytes }) => bytes >= 1)
    .sort((one, other) => other.bytes - one.bytes)
}
