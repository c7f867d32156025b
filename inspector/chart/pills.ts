/**
 * The inside of a state, condensed: its states as pills in rows, without the edges between them.
 * Each region of a parallel state begins a row of its own.
 *
 * @module
 */
import { type ChartGeometry, joined, moved, noGeometry, type PlacedNode } from './geometry.ts'
import { textWidth } from './metrics.ts'
import type { ChartNode } from './model.ts'

const pillHeight = 23
const gap = 6
/** Two pills of ordinary length abreast: wider would widen the whole column, narrower would make it a tower. */
const rowWidth = 176

function pillOf(node: ChartNode, x: number, y: number): PlacedNode {
  const width = textWidth(node.key, 11.5, 'sans') + 20
  return {
    id: node.id,
    shape: 'pill',
    title: node.key,
    titleAt: { x: x + 10, y: y + 15.5 },
    rows: [],
    x,
    y,
    width,
    height: pillHeight,
  }
}

function wrapped(nodes: readonly ChartNode[]): ChartGeometry {
  const pills: PlacedNode[] = []
  let x = 0
  let y = 0
  for (const node of nodes) {
    if (x > 0 && x + pillOf(node, x, y).width > rowWidth) {
      x = 0
      y += pillHeight + gap
    }
    const pill = pillOf(node, x, y)
    pills.push(pill)
    x += pill.width + gap
  }
  const width = Math.max(0, ...pills.map((pill) => pill.x + pill.width))
  return { ...noGeometry, nodes: pills, width, height: y + pillHeight }
}

function regionOf(region: ChartNode): ChartGeometry {
  if (region.children.length === 0) return wrapped([region])
  const pills = wrapped(region.children)
  const { width, height } = pills
  const frame: PlacedNode = {
    id: region.id,
    shape: 'group',
    title: '',
    titleAt: { x: 0, y: 0 },
    rows: [],
    x: 0,
    y: 0,
    width,
    height,
  }
  return joined(pills, [{ ...noGeometry, nodes: [frame] }, pills])
}

/** Lays out what is inside a container of a compact chart. */
export function layPills(node: ChartNode): ChartGeometry {
  if (node.kind !== 'parallel') return wrapped(node.children)
  const regions = node.children.map(regionOf)
  let y = 0
  const placed = regions.map((region) => {
    const at = moved(region, { x: 0, y })
    y += region.height + gap
    return at
  })
  return joined({ width: Math.max(0, ...regions.map((region) => region.width)), height: Math.max(0, y - gap) }, placed)
}
