/**
 * A flat chart in a narrow panel: the states in one column, as in the file, and every other way along a rail at the right.
 * All ways into one state share its rail, as in the map of a metro; that keeps a chart of six states and fourteen edges
 * readable at 400 pixels, where a layered layout needs 1,000.
 *
 * @module
 */
import { chipHeight, placeRow, placeStack, rowWidth } from './chips.ts'
import {
  anyRow,
  type Column,
  closedGap,
  columnOf,
  exitHeight,
  firstRow,
  gapMargin,
  openGap,
  type Rail,
  sameRail,
  startLength,
  startX,
  type Way,
} from './column.ts'
import { anySize, type FlatChart, initialSize } from './flat.ts'
import { type ChartGeometry, grown, joined, moved, noGeometry, type PlacedEdge, type PlacedMark } from './geometry.ts'

/** Lines nearer than this read as one thick line. */
const railGap = 11
/** From a state to its chip, and from the widest chip to the first rail. */
const stub = 10

/** Out of a state at its right, along the rail of the target, into the target from the right. */
function railEdges(column: Column): PlacedEdge[] {
  const { rails, rows, tops, width, stubs } = column
  const railX = (rail: Rail): number => width + stub + stubs + stub + rails.indexOf(rail) * railGap
  const entryY = (rail: Rail): number =>
    (tops[rail.to] ?? 0) + firstRow + (rows[rail.to]?.entries.indexOf(rail) ?? 0) * exitHeight
  return rows.flatMap(({ entries, exits }, position) =>
    exits.flatMap((way, row) => {
      const rail = rails.find((candidate) => sameRail(candidate, way))
      if (rail === undefined) return []
      const y = (tops[position] ?? 0) + firstRow + (entries.length + row) * exitHeight
      const x = railX(rail)
      const into = entryY(rail)
      const points = [
        { x: width, y },
        { x, y },
        { x, y: into },
        { x: width, y: into },
      ]
      return [{ id: way.edge.id, points, bend: 'corners' as const, ...placeRow(way.stack, { x: width + stub, y }) }]
    }),
  )
}

/** Between two neighbours: straight down, and straight up beside it. */
function gapEdges(column: Column): PlacedEdge[] {
  return column.gaps.flatMap(({ down, up, any }, position) => {
    const top = column.tops[position] ?? 0
    const above = (column.tops[position - 1] ?? 0) + (column.heights[position - 1] ?? 0)
    const share = (way: Way | undefined, from: 'left' | 'right'): number => {
      if (way === undefined || down === undefined || up === undefined) return column.width / 2
      return from === 'left' ? gapMargin + rowWidth(way.stack) / 2 : column.width - gapMargin - rowWidth(way.stack) / 2
    }
    const vertical = (way: Way | undefined, x: number, start: number, end: number): PlacedEdge[] => {
      if (way === undefined) return []
      const chips = placeRow(way.stack, { x: x - rowWidth(way.stack) / 2, y: (above + any.length * anyRow + top) / 2 })
      return [
        {
          id: way.edge.id,
          points: [
            { x, y: start },
            { x, y: end },
          ],
          bend: 'corners',
          ...chips,
        },
      ]
    }
    return [...vertical(down, share(down, 'left'), above, top), ...vertical(up, share(up, 'right'), top, above)]
  })
}

/** From the word "any", above the state that is reached from everywhere. */
function anyEdges(column: Column): Pick<ChartGeometry, 'edges' | 'marks'> {
  const edges: PlacedEdge[] = []
  const marks: PlacedMark[] = []
  for (const [position, { any, down, up }] of column.gaps.entries()) {
    const top = column.tops[position] ?? 0
    for (const [row, { edge, stack }] of any.entries()) {
      const trunk = down === undefined && up === undefined ? closedGap : openGap
      const y = top - trunk - (any.length - row - 1) * anyRow - anyRow / 2 + 8
      // The start's own arrow keeps to the left rim.
      const x = Math.max(column.width / 2, startX + 24 + anySize.width + stack.width / 2)
      const left = x - stack.width / 2 - 14 - anySize.width
      marks.push({ kind: 'any', x: left, y: y - anySize.height / 2, ...anySize })
      const points = [
        { x: left + anySize.width, y },
        { x, y },
        { x, y: top },
      ]
      edges.push({ id: edge.id, points, bend: 'corners', ...placeStack({ ...stack, height: chipHeight }, { x, y }) })
    }
  }
  return { edges, marks }
}

/** Places a flat chart in a column. Its width is that of its widest state, one chip and a few rails. */
export function layRails(flat: FlatChart): ChartGeometry {
  const column = columnOf(flat)
  const boxes = flat.children.map(({ geometry }, position) =>
    moved(grown(geometry, column.width, column.heights[position] ?? 0), { x: 0, y: column.tops[position] ?? 0 }),
  )
  const { edges, marks } = anyEdges(column)
  const at = flat.children.findIndex(({ id }) => id === flat.initial)
  const top = column.tops[at] ?? 0
  const isAlone = at === 0 && column.gaps[0]?.any.length === 0
  const x = isAlone ? column.width / 2 : startX
  const dot = {
    kind: 'initial' as const,
    x: x - initialSize / 2,
    y: top - startLength,
    width: initialSize,
    height: initialSize,
  }
  const lines = [
    { x, y: dot.y + initialSize },
    { x, y: top },
  ]
  const start: ChartGeometry = {
    ...noGeometry,
    marks: at < 0 ? [] : [dot],
    starts: at < 0 || flat.initial === null ? [] : [{ to: flat.initial, points: lines, bend: 'corners' }],
  }
  const last = column.tops.length - 1
  const size = {
    width: column.width + (column.rails.length === 0 ? 2 : 2 * stub + column.stubs + column.rails.length * railGap),
    height: (column.tops[last] ?? 0) + (column.heights[last] ?? 0) + 2,
  }
  const lineWork = { ...noGeometry, marks, edges: [...railEdges(column), ...gapEdges(column), ...edges] }
  return joined(size, [...boxes, lineWork, start])
}
