/**
 * A flat chart in a narrow panel: the states in one column, as in the file, and every other way along a rail at the right.
 * All ways into one state share its rail, as in the map of a metro; that keeps a chart of six states and fourteen edges
 * readable at 400 pixels, where a layered layout needs 1,000.
 *
 * @module
 */
import { placeFrom, placeOn, placeStack } from './chips.ts'
import {
  anyHeight,
  type Column,
  type ColumnChart,
  columnOf,
  gapMargin,
  type Rail,
  sameRail,
  startLength,
  startX,
  stub,
  trunkOf,
  type Way,
} from './column.ts'
import { anySize, initialSize } from './flat.ts'
import { type ChartGeometry, grown, joined, moved, noGeometry, type PlacedEdge, type PlacedMark } from './geometry.ts'

/** Lines nearer than this read as one thick line. */
const railGap = 11

/** Out of a state at its right, along the rail of the target, into the target from the right. */
function railEdges(column: Column, { stacking }: ColumnChart): PlacedEdge[] {
  const { rails, rows, tops, widths, reach } = column
  const railX = (rail: Rail): number => reach + stub + rails.indexOf(rail) * railGap
  const entryY = (rail: Rail): number =>
    (tops[rail.to] ?? 0) + (rows[rail.to]?.entries.find((entry) => entry.rail === rail)?.y ?? 0)
  return rows.flatMap(({ exits }, position) =>
    exits.flatMap(({ way, y: row, middle }) => {
      const rail = rails.find((candidate) => sameRail(candidate, way))
      if (rail === undefined) return []
      const y = (tops[position] ?? 0) + row
      const x = railX(rail)
      const into = entryY(rail)
      const [left = 0, end = 0] = [widths[position], widths[way.to]]
      const points = [
        { x: left, y },
        { x, y },
        { x, y: into },
        { x: end, y: into },
      ]
      const chips = placeFrom(way.stack, { x: left + stub, y: (tops[position] ?? 0) + middle }, stacking)
      return [{ id: way.edge.id, points, bend: 'corners' as const, ...chips }]
    }),
  )
}

/** Between two neighbours: straight down, and straight up beside it. */
function gapEdges(column: Column, { stacking }: ColumnChart): PlacedEdge[] {
  return column.gaps.flatMap((gap, position) => {
    const { down, up } = gap
    const top = column.tops[position] ?? 0
    const above = (column.tops[position - 1] ?? 0) + (column.heights[position - 1] ?? 0)
    const share = (way: Way | undefined, from: 'left' | 'right'): number => {
      if (way === undefined || down === undefined || up === undefined) return column.width / 2
      return from === 'left' ? gapMargin + way.width / 2 : column.width - gapMargin - way.width / 2
    }
    const vertical = (way: Way | undefined, x: number, start: number, end: number): PlacedEdge[] => {
      if (way === undefined) return []
      const chips = placeOn(way.stack, { x, y: (above + anyHeight(gap) + top) / 2 }, stacking)
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
  for (const [position, gap] of column.gaps.entries()) {
    const top = column.tops[position] ?? 0
    let below = top - trunkOf(gap) + 8 - anyHeight(gap)
    for (const { edge, stack, height } of gap.any) {
      const y = below + height / 2
      below += height
      // The start's own arrow keeps to the left rim.
      const x = Math.max(column.width / 2, startX + 24 + anySize.width + stack.width / 2)
      const left = x - stack.width / 2 - 14 - anySize.width
      marks.push({ kind: 'any', x: left, y: y - anySize.height / 2, ...anySize })
      const points = [
        { x: left + anySize.width, y },
        { x, y },
        { x, y: top },
      ]
      edges.push({ id: edge.id, points, bend: 'corners', ...placeStack(stack, { x, y }) })
    }
  }
  return { edges, marks }
}

/** Places a flat chart in a column. Its width is that of its widest state, one chip and a few rails. */
export function layRails(flat: ColumnChart): ChartGeometry {
  const column = columnOf(flat)
  const boxes = flat.children.map(({ geometry }, position) =>
    moved(grown(geometry, column.widths[position] ?? 0, column.heights[position] ?? 0), {
      x: 0,
      y: column.tops[position] ?? 0,
    }),
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
    width: column.reach + (column.rails.length === 0 ? 2 : stub + column.rails.length * railGap),
    height: (column.tops[last] ?? 0) + (column.heights[last] ?? 0) + 2,
  }
  const lineWork = { ...noGeometry, marks, edges: [...railEdges(column, flat), ...gapEdges(column, flat), ...edges] }
  return joined(size, [...boxes, lineWork, start])
}
