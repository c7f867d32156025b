/**
 * Where the lines of a layered graph touch the boxes, and how they pass the layers in between.
 * Written for a graph that flows down; one that flows to the right is turned first.
 *
 * @module
 */
import type { Box, Point } from './geometry.ts'

/** A stretch along the flow that holds boxes: a line may only change its lane between two of them. */
export interface Band {
  readonly start: number
  readonly end: number
}

const portGap = 14
const portMargin = 18

export function bandsOf(boxes: readonly Box[]): Band[] {
  const sorted = boxes.map(({ y, height }) => ({ start: y, end: y + height })).sort((a, b) => a.start - b.start)
  const bands: Band[] = []
  for (const next of sorted) {
    const last = bands[bands.length - 1]
    if (last !== undefined && next.start <= last.end)
      bands[bands.length - 1] = { ...last, end: Math.max(last.end, next.end) }
    else bands.push(next)
  }
  return bands
}

/**
 * Dagre gives one point per layer, at its middle. Beside a tall box the straight line to the next point cuts the corner
 * of the box, so the line goes straight through the whole layer and bends only after it.
 */
export function throughBands(points: readonly Point[], bands: readonly Band[]): Point[] {
  return points.flatMap((point, index) => {
    const band = bands.find(({ start, end }) => point.y >= start && point.y <= end)
    if (band === undefined || index === 0 || index === points.length - 1) return [point]
    const falling = (points[index + 1]?.y ?? point.y) >= (points[index - 1]?.y ?? point.y)
    const [enter, leave] = falling ? [band.start, band.end] : [band.end, band.start]
    return [
      { x: point.x, y: enter },
      { x: point.x, y: leave },
    ]
  })
}

/** One end of a line at a side of a box, and where that line is headed. */
export interface Port {
  readonly towards: number
  x: number
}

/** Spreads the ports of one side: as near to their lines as the side allows, never closer together than the arrow heads need. */
export function spread(ports: readonly Port[], side: Pick<Box, 'x' | 'width'>): void {
  const sorted = [...ports].sort((a, b) => a.towards - b.towards)
  const left = side.x + Math.min(portMargin, side.width / 2)
  const right = Math.max(left, side.x + side.width - portMargin)
  const gap = sorted.length > 1 ? Math.min(portGap, (right - left) / (sorted.length - 1)) : 0
  let least = left
  for (const [index, port] of sorted.entries()) {
    const room = right - gap * (sorted.length - 1 - index)
    port.x = Math.min(Math.max(port.towards, least), room)
    least = port.x + gap
  }
}
