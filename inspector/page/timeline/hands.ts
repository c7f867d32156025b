/**
 * Hands on the timeline: a click goes to an instant, a drag zooms into what it marks, with Shift it marks a range to be
 * saved, the wheel zooms; and the same by keys.
 *
 * @module
 */
import type { Signal } from '@preact/signals'
import type { Store } from '../store.ts'
import type { Axis } from './axis.ts'
import { showRange } from './marked.ts'
import { forgetRange, markRange } from './range.ts'
import { defaultWindow, dragged, type Stretch, scaled, shifted, type Window } from './scale.ts'

export interface Hands {
  readonly slider: HTMLElement
  readonly canvas: HTMLCanvasElement
  readonly store: Store
  readonly window: Signal<Window>
  readonly selection: Signal<Stretch | null>
  /** As it is painted. */
  axis(): Axis
  readonly gone: AbortSignal
}

/** Less is a click. */
const slack = 4
const keyFactor = 1.5
/** How far a page is. */
const keyShare = 0.8

/** Closer or farther around the instant shown, else around now or the middle. */
function zoomed({ window, store, axis }: Hands, factor: number): Window {
  const [range, at, { stretch }] = [window.peek(), store.at.peek(), axis()]
  if (at === null) return scaled(range, factor, (stretch.from + stretch.to) / 2)
  return scaled({ kind: 'fixed', ...stretch }, factor, Math.min(stretch.to, Math.max(stretch.from, at)))
}

function onKeys(hands: Hands): void {
  const { slider, store, window, axis, gone } = hands
  const zoom = (factor: number) => (): void => {
    window.value = zoomed(hands, factor)
  }
  const turn = (share: number) => (): void => {
    window.value = shifted(axis().stretch, share)
  }
  const deeds: Readonly<Record<string, () => void>> = {
    '+': zoom(1 / keyFactor),
    '=': zoom(1 / keyFactor),
    '-': zoom(keyFactor),
    '0': () => {
      window.value = defaultWindow
    },
    PageUp: turn(-keyShare),
    PageDown: turn(keyShare),
    Home() {
      const [first] = store.session.entries(store.app.peek() ?? '')
      if (first !== undefined) store.goTo(first.t, first.seq)
    },
    End: store.goLive,
    Escape: () => forgetRange(store),
  }
  slider.addEventListener(
    'keydown',
    (event) => {
      const deed = Object.hasOwn(deeds, event.key) ? deeds[event.key] : undefined
      if (
        deed === undefined ||
        (event.key === 'Escape' && store.range.peek() === null) ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey
      )
        return
      event.preventDefault()
      deed()
    },
    { signal: gone },
  )
}

function onPointer({ canvas, store, window, selection, axis, gone }: Hands): void {
  let pressed: { readonly x: number; readonly meant: 'zoom' | 'mark' } | null = null
  const timeAt = (x: number): number => axis().toTime(x)
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return
      canvas.setPointerCapture(event.pointerId)
      pressed = { x: event.offsetX, meant: event.shiftKey ? 'mark' : 'zoom' }
    },
    { signal: gone },
  )
  canvas.addEventListener(
    'pointermove',
    ({ offsetX }) => {
      if (pressed === null || (selection.peek() === null && Math.abs(offsetX - pressed.x) <= slack)) return
      const [from, to] = [timeAt(Math.min(pressed.x, offsetX)), timeAt(Math.max(pressed.x, offsetX))]
      selection.value = { from, to }
    },
    { signal: gone },
  )
  canvas.addEventListener(
    'pointerup',
    ({ offsetX }) => {
      const chosen = selection.peek()
      if (chosen !== null && pressed?.meant === 'mark') markRange(store, chosen)
      else if (chosen !== null) window.value = dragged(chosen.from, chosen.to)
      else if (pressed !== null) store.goTo(Math.min(timeAt(offsetX), store.now()))
      selection.value = null
      pressed = null
    },
    { signal: gone },
  )
  canvas.addEventListener(
    'pointercancel',
    () => {
      selection.value = null
      pressed = null
    },
    { signal: gone },
  )
  canvas.addEventListener('dblclick', () => (window.value = defaultWindow), { signal: gone })
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      window.value = scaled(window.peek(), Math.exp(event.deltaY / 400), timeAt(event.offsetX))
    },
    { passive: false, signal: gone },
  )
}

export function handsOn(hands: Hands): void {
  onPointer(hands)
  onKeys(hands)
  showRange(hands)
}
