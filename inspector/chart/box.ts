/**
 * The box of a state: its title, and a row for whatever it does while it stays.
 *
 * @module
 */
import { mergeAlike } from './condense.ts'
import type { Box, PlacedNode, PlacedRow } from './geometry.ts'
import { textWidth } from './metrics.ts'
import type { ChartModel, ChartNode } from './model.ts'

const headerHeight = 30
const rowHeight = 19
const leastWidth = 84
const titleSize = 12.5
const rowText = 11
const rowIndent = 28
/** In a compact chart; pills begin where the title begins. */
export const indent = 12

function rowsOf(node: ChartNode): Omit<PlacedRow, 'y'>[] {
  const invokes = node.invokes.map((text) => ({ icon: 'invoke' as const, text, keys: [] }))
  const entries = node.entry.map((text) => ({ icon: 'entry' as const, text, keys: [] }))
  const internal = mergeAlike(node.internal).map(({ kind, text, keys }) => ({ icon: kind, text, keys }))
  return [...invokes, ...entries, ...internal]
}

/** What the title and the rows need; compact charts have no rows. */
export function headOf(node: ChartNode, compact: boolean): Pick<Box, 'width' | 'height'> {
  const rows = compact ? [] : rowsOf(node)
  const widest = Math.max(0, ...rows.map((row) => textWidth(row.text, rowText, 'mono') + rowIndent + 12))
  const title = textWidth(node.key, titleSize, 'sans') + 40
  const height = headerHeight + (rows.length === 0 ? 0 : rows.length * rowHeight + 12)
  return { width: Math.max(leastWidth, title, widest), height }
}

/** A state at its place, as anything but a pill. */
export function boxOf(model: ChartModel, node: ChartNode, compact: boolean, place: Box): PlacedNode {
  const region = model.nodes.get(node.parent ?? '')?.kind === 'parallel'
  const container = region ? 'region' : 'container'
  const leaf = node.kind === 'final' ? 'final' : 'leaf'
  const rows = compact ? [] : rowsOf(node)
  return {
    id: node.id,
    shape: node.children.length > 0 ? container : leaf,
    title: node.key,
    titleAt: { x: place.x + (compact ? indent : 14), y: place.y + 20 },
    rows: rows.map((row, index) => ({ ...row, y: place.y + headerHeight + index * rowHeight + 8 })),
    ...place,
  }
}
