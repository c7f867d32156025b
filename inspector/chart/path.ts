/**
 * The line of an edge, as the `d` of an SVG path.
 *
 * @module
 */
import type { PlacedEdge, Point } from './geometry.ts'

const cornerRadius = 9

const round = (value: number): number => Math.round(value * 10) / 10
const at = ({ x, y }: Point): string => `${round(x)} ${round(y)}`

function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1
  const share = Math.min(distance, length / 2) / length
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}

function corner(before: Point, point: Point, after: Point): string {
  return `L ${at(towards(point, before, cornerRadius))} Q ${at(point)} ${at(towards(point, after, cornerRadius))}`
}

function flow(from: Point, to: Point, bend: 'down' | 'right'): string {
  if (from.x === to.x || from.y === to.y) return `L ${at(to)}`
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
  const [leave, arrive] =
    bend === 'down'
      ? [
          { x: from.x, y: middle.y },
          { x: to.x, y: middle.y },
        ]
      : [
          { x: middle.x, y: from.y },
          { x: middle.x, y: to.y },
        ]
  return `C ${at(leave)} ${at(arrive)} ${at(to)}`
}

export function pathOf({ points, bend }: Pick<PlacedEdge, 'points' | 'bend'>): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  const parts = rest.map((point, index) => {
    const before = points[index] ?? first
    const after = points[index + 2]
    if (bend !== 'corners') return flow(before, point, bend)
    return after === undefined ? `L ${at(point)}` : corner(before, point, after)
  })
  return `M ${at(first)} ${parts.join(' ')}`
}
