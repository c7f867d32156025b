/**
 * Paints the timeline: phase bands, event marks, traffic bars, the instant that is shown.
 *
 * @module
 */

import type { Band } from '../../session/view.ts'
import { lengthWords } from '../../session/words.ts'
import type { Axis } from './axis.ts'
import type { Colours } from './colours.ts'
import { type Stretch, ticks } from './scale.ts'
import { heightOf, levelOf, type Mark, type Traffic } from './traffic.ts'

export interface TimelineScene {
  readonly axis: Axis
  readonly height: number
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
/** Lower than this a line and its figure hide the bars. */
const leastPaceHeight = 24
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
  const paths = band.words.split(', ')
  const [outermost = ''] = band.words.split('.')
  const isWithinOne = paths.length > 1 && paths.every((path) => path.startsWith(`${outermost}.`))
  const words = isWithinOne
    ? [`${outermost}: ${innermost(band.words)}`, outermost, band.phase]
    : [band.words, innermost(band.words), band.phase]
  return words.find((candidate) => candidate !== '' && fits(pen, candidate, room)) ?? ''
}

/** Narrower than this, in pixels, a band is not drawn. */
const leastBand = 0.5

/** Without asking where it stands: who flaps in a flood has thousands of them, and time never has more room than `perPixel` gives. */
function isNarrow({ from, to }: Band, { axis, now }: TimelineScene): boolean {
  return (to ?? now) - from < leastBand * axis.perPixel
}

function drawBand(pen: Pen, scene: TimelineScene, band: Band): void {
  const { axis, colours, now } = scene
  if (isNarrow(band, scene)) return
  const left = Math.max(0, axis.toPixels(band.from))
  const right = Math.min(axis.width, axis.toPixels(band.to ?? now))
  if (right <= 0 || left >= axis.width || right - left < leastBand) return
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
  const { axis, colours } = scene
  pen.font = code
  let free = axis.width
  for (const mark of [...marks].reverse()) {
    const x = axis.toPixels(mark.t)
    if (x < 0 || x > axis.width) continue
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

function drawBars(pen: Pen, { axis, height, traffic, colours }: TimelineScene): void {
  const { bars } = traffic
  const room = height - barsTop - tickHeight
  const step = axis.width / bars.length
  pen.fillStyle = colours.edge
  for (const [index, count] of bars.entries()) {
    if (count === 0) continue
    const tall = Math.max(2, heightOf(count) * room)
    pen.fillRect(index * step, barsTop + room - tall, Math.max(1, step - 1), tall)
  }
}

interface Pace {
  readonly gap: number
  readonly x: number
  readonly y: number
}

function paceOf({ axis, height, traffic }: TimelineScene): readonly Pace[] {
  const room = height - barsTop - tickHeight
  const step = axis.width / traffic.gaps.length
  return traffic.gaps.flatMap((gap, slice) =>
    gap === null ? [] : [{ gap, x: (slice + 0.5) * step, y: barsTop + room * (1 - levelOf(gap)) }],
  )
}

/** The median gap between what arrives; an outage in between has none, and no line across it. */
function drawPace(pen: Pen, { axis, bands, colours }: TimelineScene, pace: readonly Pace[]): void {
  let next = 0
  const hasBegun = (left: number, right: number): boolean => {
    while ((bands[next]?.from ?? Number.POSITIVE_INFINITY) <= left) next += 1
    return (bands[next]?.from ?? Number.POSITIVE_INFINITY) <= right
  }
  pen.strokeStyle = colours.dim
  pen.lineWidth = 1.25
  pen.beginPath()
  for (const [index, { x, y }] of pace.entries()) {
    const before = pace[index - 1]
    if (before === undefined || hasBegun(axis.toTime(before.x), axis.toTime(x))) pen.moveTo(x, y)
    else pen.lineTo(x, y)
  }
  pen.stroke()
}

/** The newest figure, beside its point. */
function drawPaceWords(pen: Pen, { axis, colours }: TimelineScene, { gap, x }: Pace): void {
  const words = `gap p50 ${lengthWords(gap)}`
  pen.font = small
  const width = pen.measureText(words).width
  const left = x + 6 + width <= axis.width ? x + 6 : Math.max(0, x - 6 - width)
  pen.fillStyle = colours.panel
  pen.fillRect(left - 2, barsTop, width + 4, 12)
  pen.fillStyle = colours.dim
  pen.fillText(words, left, barsTop + 10)
}

/** Time that was left out: two broken edges, and how long it was. */
function drawEmpty(pen: Pen, { axis, height, colours }: TimelineScene): void {
  const [top, bottom] = [bandTop + bandHeight + 2, height - tickHeight + 3]
  const tooth = 4
  pen.font = small
  for (const { from, to, left, right } of axis.gaps) {
    pen.fillStyle = colours.canvas
    pen.fillRect(left, top, right - left, bottom - top)
    pen.strokeStyle = colours.edge
    pen.lineWidth = 1
    for (const edge of [left + 1, right - 1]) {
      pen.beginPath()
      for (let [y, side] = [top, -1]; y <= bottom; y += tooth, side = -side) pen.lineTo(edge + side * 1.5, y)
      pen.stroke()
    }
    const words = lengthWords(to - from)
    const width = pen.measureText(words).width
    if (width + 10 > right - left) continue
    pen.fillStyle = colours.dim
    pen.fillText(words, (left + right - width) / 2, (barsTop + bottom) / 2 + 4)
  }
}

function tickWords(t: number): string {
  return t < 0 ? `−${lengthWords(-t)}` : `+${lengthWords(t)}`
}

function drawTicks(pen: Pen, { axis, height, now, colours }: TimelineScene): void {
  const { stretch, width, gaps } = axis
  pen.font = small
  for (const t of ticks({ from: stretch.from - now, to: stretch.to - now }, axis.perPixel)) {
    const instant = t + now
    if (gaps.some(({ from, to }) => instant > from && instant < to)) continue
    const x = axis.toPixels(instant)
    pen.fillStyle = colours.line
    pen.fillRect(Math.round(x), barsTop, 1, height - barsTop - tickHeight + 3)
    const words = Math.abs(t) < 1e-6 ? 'now' : tickWords(t)
    const half = pen.measureText(words).width / 2
    if (x - half < 0 || x + half > width) continue
    pen.fillStyle = colours.faint
    pen.fillText(words, x - half, height - 4)
  }
}

function drawInstant(pen: Pen, { at, axis, height, colours }: TimelineScene): void {
  if (at === null) return
  const x = Math.round(axis.toPixels(at))
  pen.fillStyle = colours.text
  pen.fillRect(x, 0, 1, height - tickHeight + 3)
  pen.beginPath()
  pen.roundRect(x - 4, 0, 9, 6, 2)
  pen.fill()
}

/** @param pen scaled so that one unit is one pixel of the page. */
export function drawTimeline(pen: Pen, scene: TimelineScene): void {
  const { axis, height, selection, colours } = scene
  pen.clearRect(0, 0, axis.width, height)
  drawTicks(pen, scene)
  drawBars(pen, scene)
  const pace = paceOf(scene)
  const isRoomy = height - barsTop - tickHeight >= leastPaceHeight
  const newest = isRoomy && pace.length > 1 ? pace.at(-1) : undefined
  if (newest !== undefined) drawPace(pen, scene, pace)
  drawEmpty(pen, scene)
  if (newest !== undefined) drawPaceWords(pen, scene, newest)
  for (const band of scene.bands) drawBand(pen, scene, band)
  drawMarks(pen, scene, scene.traffic.marks)
  if (selection !== null) {
    pen.globalAlpha = 0.16
    pen.fillStyle = colours.event
    const left = axis.toPixels(selection.from)
    pen.fillRect(left, 0, axis.toPixels(selection.to) - left, height)
    pen.globalAlpha = 1
  }
  drawInstant(pen, scene)
}
