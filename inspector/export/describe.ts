/**
 * A chart in sentences, for who hears it: each state, what it does, and the ways out of it.
 *
 * @module
 */
import { spokenLabel } from '../chart/labels.ts'
import type { ChartLabel, ChartModel, ChartNode } from '../chart/model.ts'

const kinds: Readonly<Record<ChartNode['kind'], string>> = {
  atomic: '',
  compound: '',
  parallel: ', all parts at once',
  final: ', final',
  history: ', as it was left',
}

/** @param model as it was read, not folded: each way is said where it begins. */
export function describe(model: ChartModel): string {
  const ways = new Map<string, ChartLabel[]>()
  for (const label of model.edges.flatMap(({ labels }) => labels))
    ways.set(label.source, [...(ways.get(label.source) ?? []), label])
  const nameOf = (id: string | null): string => model.nodes.get(id ?? '')?.key ?? ''
  const outOf = ({ id }: ChartNode): string =>
    (ways.get(id) ?? []).map((label) => `; ${spokenLabel(label)} to ${nameOf(label.target)}`).join('')
  const sentence = (node: ChartNode): string => {
    const within = node.parent === null || node.parent === model.root.id ? '' : ` in ${nameOf(node.parent)}`
    const start = node.initial === null ? '' : `, begins in ${nameOf(node.initial)}`
    const stays = node.internal.map((label) => `; stays ${spokenLabel(label)}`).join('')
    return `${node.key}${within}${kinds[node.kind]}${start}${outOf(node)}${stays}.`
  }
  return [...model.nodes.values()].map(sentence).join('\n')
}
