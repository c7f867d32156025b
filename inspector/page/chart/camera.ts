/**
 * Where the camera stands over a chart. Pure: positions in, positions out.
 *
 * @module
 */
import type { Box, Point } from '../../chart/geometry.ts'

/** The chart's point at the top left corner of the canvas, and how many pixels one of its units takes. */
export interface Camera extends Point {
  readonly scale: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** The words in chips are so many units high, as canvas.css has it; below 10 pixels nobody reads them. */
const textSize = 11.8
export const readable = 10 / textSize
const closest = 2.5
const farthest = 0.08
/** Beyond this a small chart looks like a poster. */
const largestFit = 1.3
const margin = 8

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))

/** As close and as far as a hand can bring it. */
export function clampScale(scale: number): number {
  return clamp(scale, farthest, closest)
}

export function fitScale(chart: Box, room: Size): number {
  const across = (room.width - 2 * margin) / Math.max(1, chart.width)
  const down = (room.height - 2 * margin) / Math.max(1, chart.height)
  return clamp(Math.min(across, down), farthest, largestFit)
}

/** The middle of a box in the middle of the canvas. */
export function centred(box: Box, room: Size, scale: number): Camera {
  return {
    x: box.x + box.width / 2 - room.width / scale / 2,
    y: box.y + box.height / 2 - room.height / scale / 2,
    scale,
  }
}

/** The same middle at the same size, in a canvas that has become another. */
export function resized({ x, y, scale }: Camera, from: Size, to: Size): Camera {
  return { x: x + (from.width - to.width) / scale / 2, y: y + (from.height - to.height) / scale / 2, scale }
}

/** The whole chart. */
export function fitted(chart: Box, room: Size): Camera {
  return centred(chart, room, fitScale(chart, room))
}

/** Closer or farther, while the point under the pointer stays under it. @param at in pixels of the canvas. */
export function zoomed(camera: Camera, at: Point, factor: number): Camera {
  const scale = clampScale(camera.scale * factor)
  return {
    x: camera.x + at.x / camera.scale - at.x / scale,
    y: camera.y + at.y / camera.scale - at.y / scale,
    scale,
  }
}

/** @param by in pixels of the canvas, the way the hand moves. */
export function panned(camera: Camera, by: Point): Camera {
  return { ...camera, x: camera.x - by.x / camera.scale, y: camera.y - by.y / camera.scale }
}

/** Along one axis: centred when all of the chart has room, else on the target, but without showing emptiness beyond the rim. */
function placed(start: number, length: number, target: number, seen: number, rim: number): number {
  if (length + 2 * rim <= seen) return start + length / 2 - seen / 2
  return clamp(target - seen / 2, start - rim, start + length + rim - seen)
}

/**
 * The whole chart where it can be read, else the active part of it at a size that can be.
 *
 * @param active the box around what is active.
 */
export function followed(chart: Box, active: Box, room: Size): Camera {
  const whole = fitScale(chart, room)
  if (whole >= readable) return centred(chart, room, whole)
  const scale = readable
  const [width, height] = [room.width / scale, room.height / scale]
  const rim = margin / scale
  return {
    x: placed(chart.x, chart.width, active.x + active.width / 2, width, rim),
    y: placed(chart.y, chart.height, active.y + active.height / 2, height, rim),
    scale,
  }
}

/** Whether a box is seen whole, with some air around it: then there is no reason to move. */
export function shows(camera: Camera, box: Box, room: Size): boolean {
  const air = (2 * margin) / camera.scale
  return (
    box.x - air >= camera.x &&
    box.y - air >= camera.y &&
    box.x + box.width + air <= camera.x + room.width / camera.scale &&
    box.y + box.height + air <= camera.y + room.height / camera.scale
  )
}

export function between(from: Camera, to: Camera, share: number): Camera {
  const mix = (a: number, b: number): number => a + (b - a) * share
  return { x: mix(from.x, to.x), y: mix(from.y, to.y), scale: mix(from.scale, to.scale) }
}

/** As an SVG takes it. */
export function viewBoxOf({ x, y, scale }: Camera, room: Size): string {
  return [x, y, room.width / scale, room.height / scale].map((value) => Math.round(value * 100) / 100).join(' ')
}
