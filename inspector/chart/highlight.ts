/**
 * Which parts of a painting are lit: the active states, the ways that lead on, the ways just taken.
 *
 * @module
 */
import { type Badge, badgeOn } from './badge.ts'
import type { Point } from './geometry.ts'
import type { ChartLabel, ChartModel } from './model.ts'
import { fire } from './motion.ts'
import { createPace, type Pace, type PaceOptions } from './pace.ts'
import type { PaintedEdge, PaintedLabel, Painting } from './paint.ts'

export interface Highlight {
  show(active: ReadonlySet<string>): void
  /** @param taken transition keys, each as often as it was taken. */
  flash(taken: readonly string[]): void
  /** The first of the taken transitions that the chart knows. */
  cause(taken: readonly string[]): ChartLabel | undefined
  /** Leaves nothing running. */
  remove(): void
}

const some = (keys: readonly string[], among: { has(key: string): boolean }): boolean =>
  keys.some((key) => among.has(key))

function counted(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** At the corner of the chip where there is one, so that its words stay readable; else on the line. */
function cornerOf({ line }: PaintedEdge, chip: PaintedLabel | undefined): Point {
  if (chip !== undefined) return { x: chip.box.x + chip.box.width, y: chip.box.y }
  return line.getPointAtLength(line.getTotalLength() / 2)
}

export function highlightOf(
  painting: Painting,
  model: ChartModel,
  { now = () => performance.now(), later }: Pick<PaceOptions, 'now' | 'later'> = {},
): Highlight {
  const labels = model.edges.flatMap((edge) => edge.labels.map((label) => ({ label, edge: edge.id })))
  const paces = new Map<string, Pace>()
  let shown: string | undefined

  const paceOf = (edge: string, painted: PaintedEdge, chip: PaintedLabel | undefined): Pace => {
    let badge: Badge | undefined
    const show = (rate: number | null): void => {
      painted.group.classList.toggle('busy', rate !== null)
      if (rate === null) badge?.remove()
      else badge ??= badgeOn(painting.root, cornerOf(painted, chip))
      badge?.say(`${rate}/s`)
      if (rate === null) badge = undefined
    }
    const pace = paces.get(edge) ?? createPace({ show, now, later })
    paces.set(edge, pace)
    return pace
  }
  return {
    show(active) {
      const ids = [...active].join()
      if (shown === ids) return
      shown = ids
      const next = labels.filter(({ label }) => some(label.sources, active))
      const edges = new Set(next.map(({ edge }) => edge))
      const keys = new Set(next.flatMap(({ label }) => label.keys))
      for (const [id, { group }] of painting.nodes) group.classList.toggle('active', active.has(id))
      for (const [id, { group }] of painting.edges) group.classList.toggle('next', edges.has(id))
      for (const chip of painting.labels) chip.group.classList.toggle('next', some(chip.keys, keys))
    },
    flash(taken) {
      if (taken.length === 0) return
      const counts = counted(taken)
      const chips = painting.labels.filter((chip) => some(chip.keys, counts))
      for (const { id, labels: own } of model.edges) {
        const times = own.flatMap(({ keys }) => keys).reduce((sum, key) => sum + (counts.get(key) ?? 0), 0)
        const painted = painting.edges.get(id)
        if (painted === undefined || times === 0) continue
        const mine = chips.filter((chip) => chip.keys.some((key) => own.some(({ keys }) => keys.includes(key))))
        if (paceOf(id, painted, mine[0]).fire(times) === 'rate') continue
        const groups = mine.map(({ group }) => group)
        fire(painted, groups, now())
      }
    },
    cause(taken) {
      const keys = new Set(taken)
      return labels.find(({ label }) => some(label.keys, keys))?.label
    },
    remove() {
      for (const pace of paces.values()) pace.stop()
    },
  }
}
