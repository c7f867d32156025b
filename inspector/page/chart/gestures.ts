/**
 * Hands on the canvas: one pointer pans, two pinch, the wheel pans, and zooms with Ctrl or ⌘ as a trackpad's pinch does.
 *
 * @module
 */
import type { Point } from '../../chart/geometry.ts'

export interface Gestures {
  /** Whether a pointer is down. */
  busy(): boolean
  remove(): void
}

export interface GestureHandlers {
  pan(by: Point): void
  zoom(at: Point, factor: number): void
  /** The last pointer was lifted. */
  rest(): void
}

/** Less is a click with an unsteady hand. */
const slack = 3

export function onGestures(host: HTMLElement, { pan, zoom, rest }: GestureHandlers): Gestures {
  const down = new Map<number, Point>()
  let travelled = 0
  const leaving = new AbortController()
  const { signal } = leaving

  const spread = (): number => {
    const [a, b] = [...down.values()]
    return a === undefined || b === undefined ? 0 : Math.hypot(a.x - b.x, a.y - b.y)
  }
  const within = (point: Point): Point => {
    const { left, top } = host.getBoundingClientRect()
    return { x: point.x - left, y: point.y - top }
  }
  const press = (event: PointerEvent): void => {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button') !== null)) return
    down.set(event.pointerId, { x: event.clientX, y: event.clientY })
    travelled = 0
  }
  const move = (event: PointerEvent): void => {
    const before = down.get(event.pointerId)
    if (before === undefined) return
    const [point, width] = [{ x: event.clientX, y: event.clientY }, spread()]
    down.set(event.pointerId, point)
    const by = { x: point.x - before.x, y: point.y - before.y }
    travelled += Math.abs(by.x) + Math.abs(by.y)
    if (travelled <= slack) return
    if (!host.hasPointerCapture(event.pointerId)) host.setPointerCapture(event.pointerId)
    if (width > 0) zoom(within(point), spread() / width)
    else pan(by)
  }
  const lift = (event: PointerEvent): void => {
    if (down.delete(event.pointerId) && down.size === 0) rest()
  }
  const turn = (event: WheelEvent): void => {
    event.preventDefault()
    if (event.ctrlKey || event.metaKey) {
      zoom(within({ x: event.clientX, y: event.clientY }), Math.exp(-event.deltaY / 200))
    } else pan({ x: -event.deltaX, y: -event.deltaY })
  }
  host.addEventListener('pointerdown', press, { signal })
  host.addEventListener('pointermove', move, { signal })
  host.addEventListener('pointerup', lift, { signal })
  host.addEventListener('pointercancel', lift, { signal })
  host.addEventListener('wheel', turn, { passive: false, signal })
  return { busy: () => down.size > 0, remove: () => leaving.abort() }
}
