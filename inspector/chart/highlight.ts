/**
 * Which parts of a painting are lit: the active states, the ways that lead on, the ways just taken.
 *
 * @module
 */
import type { ChartLabel, ChartModel } from './model.ts'
import { fire } from './motion.ts'
import type { Painting } from './paint.ts'

export interface Highlight {
  show(active: ReadonlySet<string>): void
  flash(taken: readonly string[]): void
  /** The first of the taken transitions that the chart knows. */
  cause(taken: readonly string[]): ChartLabel | undefined
}

export function highlightOf(painting: Painting, model: ChartModel): Highlight {
  const labels = model.edges.flatMap((edge) => edge.labels.map((label) => ({ label, edge: edge.id })))
  const some = (keys: readonly string[], among: ReadonlySet<string>): boolean => keys.some((key) => among.has(key))
  return {
    show(active) {
      const next = labels.filter(({ label }) => some(label.sources, active))
      const edges = new Set(next.map(({ edge }) => edge))
      const keys = new Set(next.flatMap(({ label }) => label.keys))
      for (const [id, { group }] of painting.nodes) group.classList.toggle('active', active.has(id))
      for (const [id, { group }] of painting.edges) group.classList.toggle('next', edges.has(id))
      for (const chip of painting.labels) chip.group.classList.toggle('next', some(chip.keys, keys))
    },
    flash(taken) {
      const keys = new Set(taken)
      const chips = painting.labels.filter((chip) => some(chip.keys, keys)).map((chip) => chip.group)
      for (const { label, edge } of labels) {
        const painted = painting.edges.get(edge)
        if (painted !== undefined && some(label.keys, keys)) fire(painted, chips)
      }
    },
    cause(taken) {
      const keys = new Set(taken)
      return labels.find(({ label }) => some(label.keys, keys))?.label
    },
  }
}
