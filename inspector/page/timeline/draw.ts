/**
 * Paints the timeline: phase bands, event marks, traffic bars, the instant that is shown.
 *
 * @module
 */

import type { Band } from '../../session/view.ts'
import { lengthWords } from '../../session/words.ts'
import type { Colours } from './colours.ts'
import { type Stretch, ticks, toPixels } from './scale.ts'
import { heightOf, type Mark, type Traffic } from './traffic.ts'

export interface TimelineScene {
  readonly width: number
  readonly height: number
  readonly stretch: Stretch
  readonly bands: readonly Band[]
  readonly traffic: Traffic
  /** The newest instant. */
  readonly now: number
  /** The instant shown; `null` is now. */
  readonly at: number | null
  /** What is being dragged out. */
  readonly selection: Stretch | null
  readonly colours: Colours
}

type Pen = CanvasRenderingContext2D

const bandTop = 6
const bandHeight = 26
const markY = 46
const barsTop = 58
const tickHeight = 18
const code = '500 11px "JetBrains Mono", ui-monospace, monospace'
const small = '450 10.5px "Inter", system-ui, sans-serif'

function fits(pen: Pen, words: string, room: number): boolean {
  return pen.measureText(words).width <= room
}

/** The innermost states of dotted words. */
function innermost(words: string): string {
  return words
    .split(', ')
    .map((path) => path.slice(path.lastIndexOf('.') + 1))
    .join(', ')
}

/** The most that fits: the state, else the phase, else nothing. A clipped word says less than none. */
function bandWords(pen: Pen, band: Band, room: number): string {
  const words = [band.words, innermost(band.words), band.words.split('.')[0] ?? '', band.phase]
  return words.find((candidate) => candidate !== '' && fits(pen, candidate, room)) ?? ''
}

function drawBand(pen: Pen, scene: TimelineScene, band: Band): void {
  const { stretch, width, colours, now } = scene
  const left = Math.max(0, toPixels(band.from, stretch, width))
  const right = Math.min(width, toPixels(band.to ?? now, stretch, width))
  if (right <= 0 || left >= width || right - left < 0.5) return
  const colour = colours[band.phase]
  pen.globalAlpha = 0.17
  pen.fillStyle = colour
  pen.beginPath()
  pen.roundRect(left, bandTop, Math.max(1, right - left - 1), bandHeight, 3)
  pen.fill()
  pen.globalAlpha = 1
  pen.fillRect(left, bandTop, 2, bandHeight)
  pen.font = code
  const words = bandWords(pen, band, right - left - 16)
  pen.fillText(words, left + 9, bandTop + bandHeight / 2 + 4)
}

const markColours = { user: 'event', done: 'online', error: 'failed', timer: 'pending' } as const

/** From the newest to the oldest, so that the newest has its words when there is no room for all. */
function drawMarks(pen: Pen, scene: TimelineScene, marks: readonly Mark[]): void {
  const { stretch, width, colours } = scene
  pen.font = code
  let free = width
  for (const mark of [...marks].reverse()) {
    const x = toPixels(mark.t, stretch, width)
    if (x < 0 || x > width) continue
    pen.fillStyle = colours[markColours[mark.kind]]
    pen.beginPath()
    pen.arc(x, markY, 3, 0, 2 * Math.PI)
    pen.fill()
    const end = x + 8 + pen.measureText(mark.words).width
    if (end <= free - 10) {
      pen.fillStyle = mark.kind === 'user' ? colours.text : colours.dim
      pen.fillText(mark.words, x + 8, markY + 4)
    }
    free = Math.min(free, x - 3)
  }
}

function drawBars(pen: Pen, { width, height, traffic, colours }: TimelineScene): void {
  const { bars } = traffic
  const room = height - barsTop - tickHeight
  const step = width / bars.length
  pen.fillStyle = colours.edge
  for (const [index, count] of bars.entries()) {
    if (count === 0) continue
    const tall = Math.max(2, heightOf(count) * room)
    pen.fillRect(index * step, barsTop + room - tall, Math.max(1, step - 1), tall)
  }
}

function tickWords(t: number): string {
  return t < 0 ? `−${lengthWords(-t)}` : `+${lengthWords(t)}`
}

function drawTicks(pen: Pen, { width, height, stretch, now, colours }: TimelineScene): void {
  pen.font = small
  for (const t of ticks({ from: stretch.from - now, to: stretch.to - now }, width)) {
    const x = toPixels(t + now, stretch, width)
    pen.fillStyle = colours.line
    pen.fillRect(Math.round(x), barsTop, 1, height - barsTop - tickHeight + 3)
    const words = Math.abs(t) < 1e-6 ? 'now' : tickWords(t)
    const half = pen.measureText(words).width / 2
    if (x - half < 0 || x + half > width) continue
    pen.fillStyle = colours.faint
    pen.fillText(words, x - half, height - 4)
  }
}

function drawInstant(pen: Pen, { at, stretch, width, height, colours }: TimelineScene): void {
  if (at === null) return
  const x = Math.round(toPixels(at, stretch, width))
  pen.fillStyle = colours.text
  pen.fillRect(x, 0, 1, height - tickHeight + 3)
  pen.beginPath()
  pen.roundRect(x - 4, 0, 9, 6, 2)
  pen.fill()
}

/** @param pen scaled so that one unit is one pixel of the page. */
export function drawTimeline(pen: Pen, scene: TimelineScene): void {
  const { width, height, selection, stretch, colours } = scene
  pen.clearRect(0, 0, width, height)
  drawTicks(pen, scene)
  drawBars(pen, scene)
  for (const band of scene.bands) drawBand(pen, scene, band)
  drawMarks(pen, scene, scene.traffic.marks)
  if (selection !== null) {
    pen.globalAlpha = 0.16
    pen.fillStyle = colours.event
    const left = toPixels(selection.from, stretch, width)
    pen.fillRect(left, 0, toPixels(selection.to, stretch, width) - left, height)
    pen.globalAlpha = 1
  }
  drawInstant(pen, scene)
}
