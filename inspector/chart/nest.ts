/**
 * Places a chart from the inside out: every container is laid out by itself as a flat graph.
 *
 * @module
 */
import { boxOf, headOf, indent } from './box.ts'
import { stackOf } from './chips.ts'
import { foldCommon, mergeAlike } from './condense.ts'
import type { Direction, LayeredChart } from './flat.ts'
import { type ChartGeometry, grown, joined, moved, noGeometry } from './geometry.ts'
import type { ChartModel, ChartNode } from './model.ts'
import { layPills } from './pills.ts'
import { layRails } from './rails.ts'

export interface LayoutOptions {
  /**
   * `full` draws every state with its rows and edges. `compact` draws the edges between the top-level states
   * and what is inside those as pills: the whole chart in a panel of some 400 pixels. Default `full`.
   */
  readonly density?: 'full' | 'compact' | undefined
  /** Which way a container reads in `full`. Default: to the right at the top, down inside, and with many edges in a column. */
  readonly direction?: ((node: ChartNode) => Direction) | undefined
  /** Chips in a stack before "+3". Default 5, in `compact` 1. */
  readonly chips?: number | undefined
  /** `framed` draws the machine itself as the outermost box, with its name and what it does in every state. Default `bare`. */
  readonly frame?: 'framed' | 'bare' | undefined
}

interface Plan {
  readonly model: ChartModel
  readonly compact: boolean
  readonly chips: number
  readonly direction: (node: ChartNode) => Direction
  readonly layered: (flat: LayeredChart) => ChartGeometry
}

/** From here on layers sprawl: in a column the same edges take a third of the sheet. */
const leastForColumn = 10

function naturalDirection({ edges }: ChartModel, node: ChartNode): Direction {
  if (edges.filter((edge) => edge.container === node.id).length >= leastForColumn) return 'column'
  return node.parent === null ? 'right' : 'down'
}

const padding = 16

function boxed({ compact, model }: Plan, node: ChartNode, inner: ChartGeometry): ChartGeometry {
  const head = headOf(node, compact)
  const room = compact ? indent : padding
  const width = Math.max(head.width, inner.width + 2 * room)
  const height = head.height + (inner.height > 0 ? inner.height + room : 0)
  const box = boxOf(model, node, compact, { x: 0, y: 0, width, height })
  const inside = moved(inner, { x: compact ? indent : (width - inner.width) / 2, y: head.height })
  return joined({ width, height }, [{ ...noGeometry, nodes: [box] }, inside])
}

/** Side by side, as high as the highest, so that they read as one row; in a column one below the other. */
function layRegions(plan: Plan, node: ChartNode): ChartGeometry {
  const regions = node.children.map((child) => layNode(plan, child))
  const stacked = plan.direction(node) === 'column'
  const width = stacked ? Math.max(0, ...regions.map((region) => region.width)) : 0
  const height = stacked ? 0 : Math.max(0, ...regions.map((region) => region.height))
  let end = 0
  const placed = regions.map((region) => {
    const whole = grown(region, width, height)
    const at = moved(whole, stacked ? { x: 0, y: end } : { x: end, y: 0 })
    end += (stacked ? whole.height : whole.width) + padding
    return at
  })
  const length = Math.max(0, end - padding)
  return joined(stacked ? { width, height: length } : { width: length, height }, placed)
}

function layChildren(plan: Plan, node: ChartNode): ChartGeometry {
  const { model, compact } = plan
  const edges = model.edges
    .filter((edge) => edge.container === node.id)
    .map((edge) => ({
      edge,
      stack: stackOf(model, edge, compact ? mergeAlike(edge.labels) : edge.labels, plan.chips, compact),
    }))
  const children = node.children.map((child) => ({ id: child.id, geometry: layNode(plan, child) }))
  const direction = plan.direction(node)
  const flat = { children, edges, initial: node.initial }
  if (compact) return layRails({ ...flat, stacking: 'beside' })
  return direction === 'column' ? layRails({ ...flat, stacking: 'below' }) : plan.layered({ ...flat, direction })
}

function layNode(plan: Plan, node: ChartNode): ChartGeometry {
  if (node.children.length === 0) return boxed(plan, node, noGeometry)
  if (plan.compact) return boxed(plan, node, layPills(node))
  return boxed(plan, node, node.kind === 'parallel' ? layRegions(plan, node) : layChildren(plan, node))
}

/** Places what is inside the machine. @param layered places a flat chart that is not to stand in a column. */
export function nest(model: ChartModel, options: LayoutOptions, layered: Plan['layered']): ChartGeometry {
  const compact = options.density === 'compact'
  const folded = foldCommon(model)
  const plan: Plan = {
    model: folded,
    compact,
    layered,
    chips: options.chips ?? (compact ? 1 : 5),
    direction: options.direction ?? ((node) => naturalDirection(folded, node)),
  }
  const { root } = folded
  const inside = root.kind === 'parallel' ? layRegions(plan, root) : layChildren(plan, root)
  return options.frame === 'framed' ? boxed(plan, root, inside) : inside
}
