/**
 * Shows the marked range over the timeline's canvas.
 *
 * @module
 */
import { effect } from '@preact/signals'
import type { Store } from '../store.ts'
import type { Axis } from './axis.ts'

export interface Marked {
  /** What it is put into. */
  readonly slider: HTMLElement
  readonly store: Store
  /** As it is painted. */
  axis(): Axis
  readonly gone: AbortSignal
}

export function showRange({ slider, store, axis, gone }: Marked): void {
  const mark = document.createElement('div')
  mark.className = 'marked'
  slider.append(mark)
  let frame = 0
  // Time moves under it, and the canvas is painted for more reasons than a range has: it looks where its ends are.
  const follow = (): void => {
    const range = store.range.peek()
    if (range === null) return
    const { width, toPixels } = axis()
    const [left = 0, right = 0] = [range.from, range.to].map((t) => Math.min(width, Math.max(0, toPixels(t))))
    mark.style.left = `${left}px`
    mark.style.right = `${width - right}px`
    frame = requestAnimationFrame(follow)
  }
  const stop = effect(() => {
    mark.hidden = store.range.value === null
    cancelAnimationFrame(frame)
    follow()
  })
  gone.addEventListener('abort', () => {
    stop()
    cancelAnimationFrame(frame)
    mark.remove()
  })
}
