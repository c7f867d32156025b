/**
 * Places a chart: every container is laid out by itself as a flat graph, from the inside out.
 *
 * @module
 */
import { stackOf } from './chips.ts'
import { foldCommon, mergeAlike } from './condense.ts'
import { type Direction, layFlat } from './flat.ts'
import { type ChartGeometry, grown, joined, moved, noGeometry, type PlacedRow } from './geometry.ts'
import { textWidth } from './metrics.ts'
import type { ChartModel, ChartNode } from './model.ts'
import { layPills } from './pills.ts'
import { layRails } from './rails.ts'

export interface LayoutOptions {
  /**
   * `full` draws every state with its rows and edges. `compact` draws the edges between the top-level states
   * and what is inside those as pills: the whole chart in a panel of some 400 pixels. Default `full`.
   */
  readonly density?: 'full' | 'compact' | undefined
  /** Which way a container reads in `full`. Default: to the right at the top, down inside. */
  readonly direction?: ((node: ChartNode) => Direction) | undefined
  /** Chips in a stack before "+3". Default 5, in `compact` 1. */
  readonly chips?: number | undefined
}

interface Plan {
  readonly model: ChartModel
  readonly compact: boolean
  readonly chips: number
  readonly direction: (node: ChartNode) => Direction
}

const headerHeight = 30
const rowHeight = 19
const leastWidth = 84
const padding = 16
const titleSize = 12.5
const rowText = 11
const rowIndent = 28
/** Pills begin where the title begins. */
const indent = 12

function rowsOf(plan: Plan, node: ChartNode): PlacedRow[] {
  if (plan.compact) return []
  const invokes = node.invokes.map((text) => ({ icon: 'invoke' as const, text, keys: [] }))
  const entries = node.entry.map((text) => ({ icon: 'entry' as const, text, keys: [] }))
  const internal = mergeAlike(node.internal).map(({ kind, text, keys }) => ({ icon: kind, text, keys }))
  return [...invokes, ...entries, ...internal].map((row, index) => ({
    ...row,
    y: headerHeight + index * rowHeight + 8,
  }))
}

function headOf(plan: Plan, node: ChartNode): { rows: PlacedRow[]; width: number; height: number } {
  const rows = rowsOf(plan, node)
  const widest = Math.max(0, ...rows.map((row) => textWidth(row.text, rowText, 'mono') + rowIndent + 12))
  const title = textWidth(node.key, titleSize, 'sans') + 40
  const height = headerHeight + (rows.length === 0 ? 0 : rows.length * rowHeight + 12)
  return { rows, width: Math.max(leastWidth, title, widest), height }
}

function boxed(plan: Plan, node: ChartNode, inner: ChartGeometry): ChartGeometry {
  const head = headOf(plan, node)
  const filled = inner.height > 0
  const width = Math.max(head.width, inner.width + 2 * (plan.compact ? indent : padding))
  const height = head.height + (filled ? inner.height + (plan.compact ? indent : padding) : 0)
  const region = plan.model.nodes.get(node.parent ?? '')?.kind === 'parallel'
  const container = region ? 'region' : 'container'
  const leaf = node.kind === 'final' ? 'final' : 'leaf'
  const box = {
    id: node.id,
    shape: node.children.length > 0 ? container : leaf,
    title: node.key,
    titleAt: { x: plan.compact ? indent : 14, y: 20 },
    rows: head.rows,
    x: 0,
    y: 0,
    width,
    height,
  } as const
  const inside = moved(inner, { x: plan.compact ? indent : (width - inner.width) / 2, y: head.height })
  return joined({ width, height }, [{ ...noGeometry, nodes: [box] }, inside])
}

function layRegions(plan: Plan, node: ChartNode): ChartGeometry {
  const regions = node.children.map((child) => layNode(plan, child))
  const height = Math.max(0, ...regions.map((region) => region.height))
  let x = 0
  const placed = regions.map((region) => {
    // Regions are as high as the highest, so that they read as one row.
    const at = moved(grown(region, 0, height), { x, y: 0 })
    x += region.width + padding
    return at
  })
  return joined({ width: Math.max(0, x - padding), height }, placed)
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
  const flat = { children, edges, initial: node.initial, direction: plan.direction(node) }
  return compact ? layRails(flat) : layFlat(flat)
}

function layNode(plan: Plan, node: ChartNode): ChartGeometry {
  if (node.children.length === 0) return boxed(plan, node, noGeometry)
  if (plan.compact) return boxed(plan, node, layPills(node))
  return boxed(plan, node, node.kind === 'parallel' ? layRegions(plan, node) : layChildren(plan, node))
}

/**
 * Lays a chart out. Pure, and the same in Node and in a browser.
 *
 * @example
 * const geometry = layOut(chartModel(connectionMachine), { density: 'compact' })
 */
export function layOut(model: ChartModel, options: LayoutOptions = {}): ChartGeometry {
  const compact = options.density === 'compact'
  const plan: Plan = {
    model: foldCommon(model),
    compact,
    chips: options.chips ?? (compact ? 1 : 5),
    direction: options.direction ?? ((node) => (node.parent === null ? 'right' : 'down')),
  }
  const { root } = plan.model
  return root.kind === 'parallel' ? layRegions(plan, root) : layChildren(plan, root)
}
