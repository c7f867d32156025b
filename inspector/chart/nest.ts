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

/** More regions than this are a tower that no screen shows whole. */
const mostStacked = 6

/** So many abreast that the whole comes out about square. */
function abreast(count: number, width: number, height: number): number {
  return count <= mostStacked ? 1 : Math.max(1, Math.round(Math.sqrt((count * height) / width)))
}

/** Side by side, as high as the highest, so that they read as one row; in a column one below the other, and many in a grid. */
function layRegions(plan: Plan, node: ChartNode): ChartGeometry {
  const regions = node.children.map((child) => layNode(plan, child))
  const widest = Math.max(0, ...regions.map((region) => region.width))
  const highest = Math.max(0, ...regions.map((region) => region.height))
  const stacked = plan.direction(node) === 'column'
  const columns = stacked ? abreast(regions.length, widest, highest) : regions.length
  const placed: ChartGeometry[] = []
  let [width, height] = [0, 0]
  for (let first = 0; first < regions.length; first += columns) {
    const row = regions.slice(first, first + columns)
    const rowHeight = Math.max(...row.map((region) => region.height))
    let x = 0
    for (const region of row) {
      const whole = grown(region, stacked ? widest : 0, rowHeight)
      placed.push(moved(whole, { x, y: height }))
      x += whole.width + padding
    }
    width = Math.max(width, x - padding)
    height += rowHeight + padding
  }
  return joined({ width, height: Math.max(0, height - padding) }, placed)
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
