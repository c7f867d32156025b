/**
 * The timeline's canvas: repaints when something is told or moved.
 *
 * @module
 */
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { wantsStillness } from '../../chart/motion.ts'
import type { Store } from '../store.ts'
import { type Axis, axisOf } from './axis.ts'
import { coloursOf } from './colours.ts'
import { drawTimeline } from './draw.ts'
import { handsOn } from './hands.ts'
import { defaultWindow, longestEmpty, type Stretch, stretchWith, type Window } from './scale.ts'
import { emptyTime, trafficOf } from './traffic.ts'

export interface Strip {
  readonly window: Signal<Window>
  /** How much empty time is left out of what is shown, in ms. */
  readonly leftOut: ReadonlySignal<number>
  remove(): void
}

/** A bar and the gap beside it. */
const barWidth = 4
/** Time goes on between two messages: so often it is seen to, in ms. */
const beat = 100
interface Room {
  readonly width: number
  readonly height: number
}

function sharpen(canvas: HTMLCanvasElement, room: Room): CanvasRenderingContext2D | null {
  const [width, height] = [room.width * devicePixelRatio, room.height * devicePixelRatio].map(Math.round)
  if (width !== undefined && canvas.width !== width) canvas.width = width
  if (height !== undefined && canvas.height !== height) canvas.height = height
  const pen = canvas.getContext('2d')
  pen?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  return pen
}

/** @param slider what has the focus, around the canvas. */
export function createStrip(slider: HTMLElement, canvas: HTMLCanvasElement, store: Store): Strip {
  const { session } = store
  const window = signal<Window>(defaultWindow)
  const leftOut = signal(0)
  const selection = signal<Stretch | null>(null)
  const beats = signal(0)
  const looks = signal(0)
  let colours = coloursOf(slider)
  let axis = axisOf({ from: 0, to: 1 }, 1)
  // Kept: to ask for it in every painting would have the whole page laid out each time.
  let room: Room = { width: canvas.clientWidth, height: canvas.clientHeight }
  let paintedAt = Number.NEGATIVE_INFINITY
  const leaving = new AbortController()
  const { signal: gone } = leaving

  const axisNow = (app: string, actor: string, at: number | null, range: Window): Axis => {
    const stretch = stretchWith(range, store.now(), at)
    return axisOf(stretch, room.width, emptyTime(session.entries(app), actor, stretch, longestEmpty(stretch)))
  }
  const paint = effect(() => {
    beats.value
    looks.value
    store.logTold.value
    const [app, actor, at] = [store.app.value, store.actor.value, store.at.value]
    const [range, chosen] = [window.value, selection.value]
    const pen = sharpen(canvas, room)
    if (pen === null) return
    const { width, height } = room
    if (app === null || actor === null) return pen.clearRect(0, 0, width, height)
    paintedAt = performance.now()
    // What is being dragged out stays under the pointer.
    if (chosen === null) axis = axisNow(app, actor, at, range)
    leftOut.value = Math.round(axis.gaps.reduce((sum, { from, to }) => sum + to - from, 0) / 100) * 100
    drawTimeline(pen, {
      axis,
      height,
      now: store.now(),
      at,
      colours,
      selection: chosen,
      bands: session.bands(app, actor),
      traffic: trafficOf(session.entries(app), actor, axis, Math.max(1, Math.floor(width / barWidth))),
    })
  })
  const look = (): void => {
    colours = coloursOf(slider)
    looks.value += 1
  }
  const watchTheme = effect(() => {
    store.theme.value
    // The attribute is set by another effect of the same change.
    queueMicrotask(look)
  })
  const pace = wantsStillness() ? 1000 : beat
  const rhythm = setInterval(() => {
    const moves = store.selectedApp.peek()?.state === 'here' && window.peek().kind === 'recent'
    const isDue = performance.now() - paintedAt >= pace * 0.8
    if (moves && isDue && !document.hidden && selection.peek() === null) beats.value += 1
  }, pace)
  const size = new ResizeObserver(() => {
    room = { width: canvas.clientWidth, height: canvas.clientHeight }
    look()
  })
  size.observe(canvas)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', look, { signal: gone })
  document.fonts.ready.then(look, look)
  handsOn({ slider, canvas, store, window, selection, axis: () => axis, gone })
  return {
    window,
    leftOut,
    remove() {
      paint()
      watchTheme()
      clearInterval(rhythm)
      size.disconnect()
      leaving.abort()
    },
  }
}
