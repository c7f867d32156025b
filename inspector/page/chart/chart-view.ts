/**
 * Where the reader has put the camera, as an address carries it: from one window to another, which may be of another size. Pure.
 *
 * @module
 */
import type { Box } from '../../chart/geometry.ts'
import { type Camera, centred, clampScale, type Size } from './camera.ts'
import type { Density } from './drawing.ts'

/** In whole numbers, so that an address stays short. */
export interface ChartView {
  /** The drawing that the numbers mean: the other one has other places. */
  readonly density: Density
  /** The chart's point in the middle of the canvas. */
  readonly x: number
  readonly y: number
  /** Pixels that one of the chart's units takes, in percent. */
  readonly zoom: number
}

const written = /^(overview|detail)~(-?\d{1,5})~(-?\d{1,5})~(\d{1,3})$/

/** @example viewText({ density: 'detail', x: 412, y: 230, zoom: 85 }) // 'detail~412~230~85' */
export function viewText({ density, x, y, zoom }: ChartView): string {
  return [density, x, y, zoom].join('~')
}

/** @param text as somebody has passed it on. @returns `null` when it is no view. */
export function viewIn(text: string): ChartView | null {
  const [, density, x, y, zoom] = written.exec(text) ?? []
  if (density !== 'overview' && density !== 'detail') return null
  return { density, x: Number(x), y: Number(y), zoom: Math.round(100 * clampScale(Number(zoom) / 100)) }
}

export function viewOf({ x, y, scale }: Camera, room: Size, density: Density): ChartView {
  const [middle, down] = [x + room.width / scale / 2, y + room.height / scale / 2]
  // Without `-0`, which no address tells from 0.
  return { density, x: Math.round(middle) + 0, y: Math.round(down) + 0, zoom: Math.round(100 * scale) }
}

/** The camera over this chart: what lies beyond its rim is not looked for. */
export function cameraOf({ x, y, zoom }: ChartView, chart: Box, room: Size): Camera {
  const within = (value: number, start: number, length: number): number =>
    Math.min(start + length, Math.max(start, value))
  const at = { x: within(x, chart.x, chart.width), y: within(y, chart.y, chart.height), width: 0, height: 0 }
  return centred(at, room, zoom / 100)
}
