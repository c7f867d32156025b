/**
 * Movement that explains a cause: which way was taken, how long a wait still lasts. Nothing loops.
 *
 * @module
 */
import type { Box } from './geometry.ts'
import type { PaintedEdge } from './paint.ts'
import { svg } from './svg.ts'

const travel = { duration: 520, easing: 'cubic-bezier(.4,0,.2,1)' } as const
/** How long a taken edge stays lit before it fades, in milliseconds. */
const lit = 700
/** Faster than this an eye sees a flicker, not a cause. */
const leastBetween = 50

export function wantsStillness(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}

interface Flash {
  readonly at: number
  readonly fading: ReturnType<typeof setTimeout>
}

const flashes = new WeakMap<Element, Flash>()

/**
 * Lights up a group for a moment. By a class, not by an animation: Chromium 156 passes through yellow and black
 * when it animates between two `color-mix()` of `light-dark()`.
 */
function light(group: Element, now: number): void {
  clearTimeout(flashes.get(group)?.fading)
  group.classList.add('taken')
  flashes.set(group, { at: now, fading: setTimeout(() => group.classList.remove('taken'), lit) })
}

/** Lights up a taken edge and its chips, and sends a dot along it. @param now milliseconds, monotonic. */
export function fire(edge: PaintedEdge, chips: readonly SVGElement[], now: number): void {
  if (now - (flashes.get(edge.group)?.at ?? Number.NEGATIVE_INFINITY) < leastBetween) return
  for (const group of [edge.group, ...chips]) light(group, now)
  if (wantsStillness()) return
  edge.dot.animate(
    [
      { strokeDashoffset: 0, opacity: 1 },
      { strokeDashoffset: -1, opacity: 1 },
    ],
    travel,
  )
}

/**
 * Fills a place over the length of a wait.
 *
 * @param group what the place belongs to; the fill goes under its words.
 * @param room all of a chip or pill, or a thin bar at the foot of a larger box.
 * @param elapsed how much of the wait is over already, for a chart that joined late.
 * @param clock `stopped` leaves it as it is at that instant.
 */
export function fillOver(
  group: SVGGElement,
  room: Box & { readonly radius: number },
  delay: number,
  elapsed: number,
  clock: 'running' | 'stopped',
): SVGElement {
  const { x, y, width, height, radius } = room
  const bar = svg('rect', { class: 'fill', x, y, width, height, rx: radius })
  const growth = [{ transform: 'scaleX(0)' }, { transform: 'scaleX(1)' }]
  const filling = bar.animate(growth, { duration: delay, fill: 'both' })
  filling.currentTime = elapsed
  if (clock === 'stopped') filling.pause()
  group.querySelector('.box')?.after(bar)
  return bar
}
