/**
 * The camera in somebody's hands: pan, zoom, fit, follow. It moves by itself only in `follow`, and never while a pointer is down.
 *
 * @module
 */
import { type Signal, signal } from '@preact/signals'
import type { Box } from '../../chart/geometry.ts'
import { wantsStillness } from '../../chart/motion.ts'
import {
  between,
  type Camera,
  centred,
  fitScale,
  fitted,
  followed,
  panned,
  readable,
  resized,
  type Size,
  shows,
  viewBoxOf,
  zoomed,
} from './camera.ts'
import { type ChartView, cameraOf, viewOf } from './chart-view.ts'
import type { Density } from './drawing.ts'
import { onGestures } from './gestures.ts'

/** `free`: where the reader has put it. */
export type LensMode = 'follow' | 'fit' | 'free'

export interface Lens {
  readonly mode: Signal<LensMode>
  readonly camera: Signal<Camera>
  /** Looks at another drawing. @param view where the reader looks on it; default: where it is active. */
  load(root: SVGSVGElement, chart: Box, view: ChartView | null): void
  /** Where the reader has put it; `null` while it finds its place by itself. Changes with `mode` and `camera`. */
  view(density: Density): ChartView | null
  /** Puts it there, as the reader would; `null`: it follows again. */
  place(view: ChartView | null): void
  /** Whether all of a drawing can be read at once. */
  holds(chart: Box): boolean
  /** This is active now. */
  attend(active: Box): void
  /** Somebody looks here: it is brought into sight, where it is not. */
  look(at: Box): void
  fit(): void
  follow(): void
  zoom(factor: number): void
  remove(): void
}

const easeFor = 320
const ease = (share: number): number => 1 - (1 - share) ** 3
const nowhere: Box = { x: 0, y: 0, width: 1, height: 1 }

export function createLens(host: HTMLElement): Lens {
  const mode = signal<LensMode>('follow')
  const camera = signal<Camera>({ x: 0, y: 0, scale: 1 })
  let svg: SVGSVGElement | undefined
  let chart = nowhere
  let active = nowhere
  let room: Size = { width: host.clientWidth, height: host.clientHeight }
  let frame = 0

  const put = (next: Camera): void => {
    camera.value = next
    svg?.setAttribute('viewBox', viewBoxOf(next, room))
    const grid = 20 * next.scale
    host.style.backgroundSize = `${grid}px ${grid}px`
    host.style.backgroundPosition = `${-next.x * next.scale}px ${-next.y * next.scale}px`
  }
  const moveTo = (next: Camera, manner: 'ease' | 'jump'): void => {
    cancelAnimationFrame(frame)
    if (manner === 'jump' || wantsStillness()) {
      put(next)
      return
    }
    const [from, started] = [camera.peek(), performance.now()]
    const step = (): void => {
      const share = Math.min(1, (performance.now() - started) / easeFor)
      put(between(from, next, ease(share)))
      if (share < 1) frame = requestAnimationFrame(step)
    }
    frame = requestAnimationFrame(step)
  }
  const settle = (manner: 'ease' | 'jump'): void => {
    if (svg === undefined || room.width === 0 || hands.busy()) return
    if (mode.peek() === 'free') return
    if (mode.peek() === 'fit') moveTo(fitted(chart, room), manner)
    else if (manner === 'jump' || camera.peek().scale < readable || !shows(camera.peek(), active, room)) {
      moveTo(followed(chart, active, room), manner)
    }
  }
  const freely = (next: Camera): void => {
    cancelAnimationFrame(frame)
    mode.value = 'free'
    put(next)
  }
  const zoom = (factor: number, at = { x: room.width / 2, y: room.height / 2 }): void =>
    freely(zoomed(camera.peek(), at, factor))
  const hands = onGestures(host, {
    pan: (by) => freely(panned(camera.peek(), by)),
    zoom: (at, factor) => zoom(factor, at),
    rest: () => settle('ease'),
  })
  const size = new ResizeObserver(() => {
    const before = room
    room = { width: host.clientWidth, height: host.clientHeight }
    if (mode.peek() === 'free') put(resized(camera.peek(), before, room))
    else settle('jump')
  })
  size.observe(host)

  const turnTo = (next: LensMode): void => {
    mode.value = next
    if (svg !== undefined && !hands.busy()) {
      moveTo(next === 'fit' ? fitted(chart, room) : followed(chart, active, room), 'ease')
    }
  }
  return {
    mode,
    camera,
    load(root, box, view) {
      svg = root
      chart = box
      active = box
      if (view !== null) return freely(cameraOf(view, chart, room))
      if (mode.peek() === 'free') mode.value = 'follow'
      settle('jump')
    },
    view: (density) => (mode.value === 'free' ? viewOf(camera.value, room, density) : null),
    place(view) {
      if (view === null) turnTo('follow')
      else freely(cameraOf(view, chart, room))
    },
    holds: (box) => fitScale(box, room) >= readable,
    attend(box) {
      const first = active === chart
      active = box
      settle(first ? 'jump' : 'ease')
    },
    look(at) {
      if (svg === undefined || room.width === 0) return
      const { scale } = camera.peek()
      if (scale >= readable && shows(camera.peek(), at, room)) return
      mode.value = 'free'
      moveTo(scale >= readable ? centred(at, room, scale) : followed(chart, at, room), 'ease')
    },
    fit: () => turnTo('fit'),
    follow: () => turnTo('follow'),
    zoom: (factor) => zoom(factor),
    remove() {
      cancelAnimationFrame(frame)
      size.disconnect()
      hands.remove()
    },
  }
}
