/**
 * The timeline's canvas: repaints when something is told or moved, and answers click, drag and wheel.
 *
 * @module
 */
import { effect, type Signal, signal } from '@preact/signals'
import { wantsStillness } from '../../chart/motion.ts'
import type { Store } from '../store.ts'
import { coloursOf } from './colours.ts'
import { drawTimeline } from './draw.ts'
import { defaultWindow, dragged, type Stretch, scaled, stretchOf, toTime, type Window } from './scale.ts'
import { trafficOf } from './traffic.ts'

export interface Strip {
  readonly window: Signal<Window>
  remove(): void
}

/** A bar and the gap beside it. */
const barWidth = 4
/** Time goes on between two messages: so often it is seen to, in ms. */
const beat = 100
/** Less is a click. */
const slack = 4

function sharpen(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  const { clientWidth, clientHeight } = canvas
  const [width, height] = [clientWidth * devicePixelRatio, clientHeight * devicePixelRatio].map(Math.round)
  if (width !== undefined && canvas.width !== width) canvas.width = width
  if (height !== undefined && canvas.height !== height) canvas.height = height
  const pen = canvas.getContext('2d')
  pen?.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  return pen
}

export function createStrip(canvas: HTMLCanvasElement, store: Store): Strip {
  const window = signal<Window>(defaultWindow)
  const selection = signal<Stretch | null>(null)
  const beats = signal(0)
  const looks = signal(0)
  let colours = coloursOf(document.body)
  let pressedAt: number | null = null
  const leaving = new AbortController()
  const { signal: gone } = leaving

  const shown = (): Stretch => stretchOf(window.peek(), store.now())
  const timeAt = (event: MouseEvent): number => toTime(event.offsetX, shown(), canvas.clientWidth)

  const paint = effect(() => {
    beats.value
    looks.value
    store.told.value
    const [app, actor, at] = [store.app.value, store.actor.value, store.at.value]
    const [range, chosen] = [window.value, selection.value]
    const pen = sharpen(canvas)
    if (pen === null) return
    const { clientWidth: width, clientHeight: height } = canvas
    if (app === null || actor === null) return pen.clearRect(0, 0, width, height)
    const now = store.now()
    const stretch = stretchOf(range, now)
    const { session } = store
    drawTimeline(pen, {
      width,
      height,
      stretch,
      now,
      at,
      colours,
      selection: chosen,
      bands: session.bands(app, actor),
      traffic: trafficOf(session.entries(app), actor, stretch, Math.max(1, Math.floor(width / barWidth))),
    })
  })
  const look = (): void => {
    colours = coloursOf(document.body)
    looks.value += 1
  }
  const watchTheme = effect(() => {
    store.theme.value
    // The attribute is set by another effect of the same change.
    queueMicrotask(look)
  })
  const rhythm = setInterval(
    () => {
      const moves = store.selectedApp.peek()?.state === 'here' && window.peek().kind === 'recent'
      if (moves && !document.hidden && selection.peek() === null) beats.value += 1
    },
    wantsStillness() ? 1000 : beat,
  )
  const size = new ResizeObserver(look)
  size.observe(canvas)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', look, { signal: gone })
  document.fonts.ready.then(look, look)

  canvas.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return
      canvas.setPointerCapture(event.pointerId)
      pressedAt = event.offsetX
    },
    { signal: gone },
  )
  canvas.addEventListener(
    'pointermove',
    (event) => {
      if (pressedAt === null || Math.abs(event.offsetX - pressedAt) <= slack) return
      const ends = [toTime(pressedAt, shown(), canvas.clientWidth), timeAt(event)].sort((a, b) => a - b)
      selection.value = { from: ends[0] ?? 0, to: ends[1] ?? 0 }
    },
    { signal: gone },
  )
  canvas.addEventListener(
    'pointerup',
    (event) => {
      const chosen = selection.peek()
      if (chosen !== null) window.value = dragged(chosen.from, chosen.to)
      else if (pressedAt !== null) store.goTo(Math.min(timeAt(event), store.now()))
      selection.value = null
      pressedAt = null
    },
    { signal: gone },
  )
  canvas.addEventListener('dblclick', () => (window.value = defaultWindow), { signal: gone })
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      window.value = scaled(window.peek(), Math.exp(event.deltaY / 400), timeAt(event))
    },
    { passive: false, signal: gone },
  )
  return {
    window,
    remove() {
      paint()
      watchTheme()
      clearInterval(rhythm)
      size.disconnect()
      leaving.abort()
    },
  }
}
