/**
 * Which stretch of time the timeline shows, and where an instant is on it. Pure.
 *
 * @module
 */

/** `recent`: the last `span` ms, moving on. `fixed`: a stretch the reader has dragged out. */
export type Window =
  | { readonly kind: 'recent'; readonly span: number }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number }

export interface Stretch {
  readonly from: number
  readonly to: number
}

export const defaultWindow: Window = { kind: 'recent', span: 30_000 }
const shortest = 50
const longest = 86_400_000

const clampSpan = (span: number): number => Math.min(longest, Math.max(shortest, span))

/** @param now the newest instant; a little air after it keeps the newest mark whole. */
export function stretchOf(window: Window, now: number): Stretch {
  if (window.kind === 'fixed') return { from: window.from, to: window.to }
  const air = window.span * 0.02
  return { from: now - window.span + air, to: now + air }
}

export function toPixels(t: number, { from, to }: Stretch, width: number): number {
  return ((t - from) / (to - from)) * width
}

export function toTime(x: number, { from, to }: Stretch, width: number): number {
  return from + (x / Math.max(1, width)) * (to - from)
}

/** The stretch between two instants, whichever came first. */
export function dragged(a: number, b: number): Window {
  const middle = (a + b) / 2
  const span = clampSpan(Math.abs(a - b))
  return { kind: 'fixed', from: middle - span / 2, to: middle + span / 2 }
}

/** Closer or farther: around the newest while it moves on, else around the instant under the pointer. */
export function scaled(window: Window, factor: number, around: number): Window {
  if (window.kind === 'recent') return { kind: 'recent', span: clampSpan(window.span * factor) }
  const span = clampSpan((window.to - window.from) * factor)
  const share = (around - window.from) / (window.to - window.from)
  return { kind: 'fixed', from: around - share * span, to: around + (1 - share) * span }
}

/** Round distances between ticks, at least `least` pixels apart. */
export function ticks({ from, to }: Stretch, width: number, least = 90): number[] {
  const raw = ((to - from) / Math.max(1, width)) * least
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw) ?? raw
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, index) => (first + index) * step)
}
