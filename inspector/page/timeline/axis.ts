/**
 * From time to pixels and back, with empty time collapsed. Pure.
 *
 * @module
 */
import type { Stretch } from './scale.ts'

/** A part of the axis, with one scale. */
interface Piece extends Stretch {
  readonly left: number
  readonly right: number
}

export interface Axis {
  readonly stretch: Stretch
  readonly width: number
  /** Milliseconds of time that is not collapsed, for each pixel. */
  readonly perPixel: number
  /** Empty time, with the little room that it has. */
  readonly gaps: readonly Piece[]
  /** Never falls as `t` grows. Beyond the stretch it goes on at the scale of what is not collapsed. */
  toPixels(t: number): number
  /** The way back. */
  toTime(x: number): number
}

/** Room for the words that say how long it was. */
const gapWidth = 64
/** Collapsed time is not to take more of the room than this. */
const mostRoom = 0.4

function clipped({ from, to }: Stretch, within: Stretch): Stretch {
  return { from: Math.max(from, within.from), to: Math.min(to, within.to) }
}

/** The longest that have room; one that leaves the stretch takes no more room than it would without being collapsed. */
function chosen(gaps: readonly Stretch[], stretch: Stretch, width: number): Stretch[] {
  const most = Math.floor((width * mostRoom) / gapWidth)
  return gaps
    .map((gap) => clipped(gap, stretch))
    .filter(({ from, to }) => to > from && to - from < stretch.to - stretch.from)
    .sort((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, most)
    .sort((a, b) => a.from - b.from)
}

/**
 * @param gaps empty stretches that do not overlap, in order.
 *
 * @example
 * const axis = axisOf({ from: 0, to: 30_000 }, 900, [{ from: 4_000, to: 24_000 }])
 * axis.toTime(axis.toPixels(25_000)) // 25_000
 */
export function axisOf(stretch: Stretch, width: number, gaps: readonly Stretch[] = []): Axis {
  const span = stretch.to - stretch.from
  const collapsed = chosen(gaps, stretch, width).map((gap) => ({
    ...gap,
    room: Math.min(gapWidth, ((gap.to - gap.from) / span) * width),
  }))
  const empty = collapsed.reduce((sum, { from, to }) => sum + to - from, 0)
  const taken = collapsed.reduce((sum, { room }) => sum + room, 0)
  const perPixel = (span - empty) / Math.max(1, width - taken)
  const pieces: Piece[] = []
  const marked: Piece[] = []
  let [t, x] = [stretch.from, 0]
  for (const { from, to, room } of collapsed) {
    const left = x + (from - t) / perPixel
    if (from > t) pieces.push({ from: t, to: from, left: x, right: left })
    const gap = { from, to, left, right: left + room }
    pieces.push(gap)
    marked.push(gap)
    t = to
    x = gap.right
  }
  if (t < stretch.to) pieces.push({ from: t, to: stretch.to, left: x, right: x + (stretch.to - t) / perPixel })
  const end = pieces.at(-1)?.right ?? width
  return {
    stretch,
    width,
    perPixel,
    gaps: marked,
    toPixels(instant) {
      if (instant <= stretch.from) return (instant - stretch.from) / perPixel
      const piece = pieces.find(({ to }) => instant <= to)
      if (piece === undefined) return end + (instant - stretch.to) / perPixel
      const { from, to, left, right } = piece
      return left + ((instant - from) / (to - from)) * (right - left)
    },
    toTime(place) {
      if (place <= 0) return stretch.from + place * perPixel
      const piece = pieces.find(({ right }) => place <= right)
      if (piece === undefined) return stretch.to + (place - end) * perPixel
      const { from, to, left, right } = piece
      return from + ((place - left) / (right - left)) * (to - from)
    },
  }
}
