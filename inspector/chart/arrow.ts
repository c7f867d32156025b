/**
 * The head of an edge, as a path of its own: a marker could not take the colour of its line in every browser.
 *
 * @module
 */
import type { PlacedEdge, Point } from './geometry.ts'

const length = 8
const halfWidth = 3.6

function heading(from: Point, to: Point, bend: PlacedEdge['bend']): Point {
  // A soft line always arrives along its flow, whatever the last two points say.
  if (bend === 'down') return { x: 0, y: Math.sign(to.y - from.y) || 1 }
  if (bend === 'right') return { x: Math.sign(to.x - from.x) || 1, y: 0 }
  const distance = Math.hypot(to.x - from.x, to.y - from.y) || 1
  return { x: (to.x - from.x) / distance, y: (to.y - from.y) / distance }
}

export function arrowOf({ points, bend }: Pick<PlacedEdge, 'points' | 'bend'>): string {
  const [from, tip] = points.slice(-2)
  if (from === undefined || tip === undefined) return ''
  const way = heading(from, tip, bend)
  const back = { x: tip.x - way.x * length, y: tip.y - way.y * length }
  const side = { x: -way.y * halfWidth, y: way.x * halfWidth }
  return `M ${tip.x} ${tip.y} L ${back.x + side.x} ${back.y + side.y} L ${back.x - side.x} ${back.y - side.y} Z`
}
