/**
 * Says the same with less ink: an event that every sibling answers alike becomes one edge from "any",
 * and chips that read the same become one chip. No transition is lost: a merged chip keeps all the keys.
 *
 * @module
 */
import { type ChartEdge, edgeId } from './lift.ts'
import type { ChartLabel, ChartModel, ChartNode } from './model.ts'

/** Fewer than three would save nothing: the stub takes a place too. */
const leastToFold = 3

function commonEvents(container: ChartNode, edges: readonly ChartEdge[]): Map<string, ChartLabel[]> {
  const answers = new Map<string, ChartLabel[]>()
  for (const { from, to, labels } of edges) {
    for (const label of labels) {
      const direct = label.kind === 'event' && label.guard === null && label.source === from && label.target === to
      if (!direct || from === to) continue
      const name = `${label.eventType} ${to}`
      answers.set(name, [...(answers.get(name) ?? []), label])
    }
  }
  for (const [name, labels] of answers) {
    const target = labels[0]?.target
    const asked = container.children.filter((child) => child.kind !== 'final' && child.id !== target)
    if (labels.length < Math.max(leastToFold, asked.length)) answers.delete(name)
  }
  return answers
}

function foldContainer(container: ChartNode, edges: readonly ChartEdge[]): ChartEdge[] {
  const common = commonEvents(container, edges)
  const folded = new Set([...common.values()].flat())
  const rest = edges
    .map((edge) => ({ ...edge, labels: edge.labels.filter((label) => !folded.has(label)) }))
    .filter((edge) => edge.labels.length > 0)
  const stubs = new Map<string, ChartEdge & { labels: ChartLabel[] }>()
  for (const labels of common.values()) {
    const [first] = labels
    if (first?.target == null) continue
    const ends = { container: container.id, from: null, to: first.target }
    const stub = stubs.get(first.target) ?? { id: edgeId(ends), ...ends, labels: [] }
    stub.labels.push({ ...labels.reduce(mergeTwo), source: container.id })
    stubs.set(first.target, stub)
  }
  return [...rest, ...stubs.values()]
}

function mergeTwo(first: ChartLabel, second: ChartLabel): ChartLabel {
  return { ...first, keys: [...first.keys, ...second.keys], sources: [...first.sources, ...second.sources] }
}

/** Chips that differ in nothing but their guard or their inner ends, as one. */
export function mergeAlike(labels: readonly ChartLabel[]): ChartLabel[] {
  const merged = new Map<string, ChartLabel>()
  for (const label of labels) {
    const name = `${label.kind} ${label.text}`
    const same = merged.get(name)
    merged.set(name, same === undefined ? { ...label, guard: null } : mergeTwo(same, label))
  }
  return [...merged.values()]
}

export function foldCommon(model: ChartModel): ChartModel {
  const containers = [...model.nodes.values()].filter((node) => node.children.length > 0)
  const edges = containers.flatMap((container) =>
    foldContainer(
      container,
      model.edges.filter((edge) => edge.container === container.id),
    ),
  )
  return { ...model, edges }
}
