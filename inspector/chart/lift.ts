/**
 * Lifts every transition to the least common ancestor of its two ends. Each container then is a small flat graph of siblings,
 * which a layered layout draws well; graphs with edges across levels make dagre, mermaid and elkjs crash or sprawl.
 *
 * @module
 */
import type { ChartLabel, ChartNode } from './model.ts'

export interface ChartEdge {
  readonly id: string
  /** Id of the state whose inside the edge is drawn in. */
  readonly container: string
  /** Id of a child of the container; `null`: from wherever one is inside it. */
  readonly from: string | null
  readonly to: string
  readonly labels: readonly ChartLabel[]
}

type Nodes = ReadonlyMap<string, ChartNode>

function pathTo(nodes: Nodes, id: string): string[] {
  const parent = nodes.get(id)?.parent ?? null
  return parent === null ? [id] : [...pathTo(nodes, parent), id]
}

type Ends = Pick<ChartEdge, 'container' | 'from' | 'to'>

function liftEnds(nodes: Nodes, source: string, target: string): Ends {
  const sources = pathTo(nodes, source)
  const targets = pathTo(nodes, target)
  let depth = 0
  while (sources[depth] === targets[depth] && depth < targets.length - 1 && depth < sources.length) depth += 1
  const [root = source] = sources
  // A target that holds its source, or is it, is left and entered anew: a loop at the target.
  const container = targets[depth - 1] ?? root
  return { container, from: sources[depth] ?? null, to: targets[depth] ?? target }
}

export function edgeId({ container, from, to }: Ends): string {
  return `${container}: ${from ?? 'any'} > ${to}`
}

/** Groups labels by the pair of siblings that they join; the root as a target of its own has nowhere to be drawn and is left out. */
export function liftAll(nodes: Nodes, labels: readonly ChartLabel[]): ChartEdge[] {
  const edges = new Map<string, ChartEdge & { labels: ChartLabel[] }>()
  for (const label of labels) {
    if (label.target === null || nodes.get(label.target)?.parent === null) continue
    const ends = liftEnds(nodes, label.source, label.target)
    const id = edgeId(ends)
    const edge = edges.get(id) ?? { id, ...ends, labels: [] }
    edge.labels.push(label)
    edges.set(id, edge)
  }
  return [...edges.values()]
}
