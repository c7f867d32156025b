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

/** Later, or earlier when it is negative, by a share of the length. */
export function shifted({ from, to }: Stretch, share: number): Window {
  const by = (to - from) * share
  return { kind: 'fixed', from: from + by, to: to + by }
}

/** What is shown while the page shows an instant: what moves on does not leave it behind. */
export function stretchWith(window: Window, now: number, at: number | null): Stretch {
  const stretch = stretchOf(window, now)
  if (window.kind === 'fixed' || at === null || (at >= stretch.from && at <= stretch.to)) return stretch
  return { from: at - window.span / 2, to: at + window.span / 2 }
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

/** Less is never empty time, in ms. */
const leastGap = 5_000
/** A gap takes more of the stretch than this. */
const gapShare = 0.25

/** From how long on empty time collapses, when so much is shown. */
export function longestEmpty({ from, to }: Stretch): number {
  return Math.max(leastGap, (to - from) * gapShare)
}

/** Round distances between ticks, at least `least` pixels apart. @param perPixel milliseconds. */
export function ticks({ from, to }: Stretch, perPixel: number, least = 90): number[] {
  const raw = perPixel * least
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw) ?? raw
  const first = Math.ceil(from / step)
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, index) => (first + index) * step)
}
