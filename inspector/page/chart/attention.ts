/**
 * Waits until somebody turns to a drawing, with the pointer or the keyboard. Who looks on is loaded then, and is told what was
 * done meanwhile.
 *
 * @module
 */
import type { Drawing } from './drawing.ts'
import type { Onlooker } from './onlooker.ts'
import { type Stops, stopsOn } from './stops.ts'

export interface Attention {
  /** The active states may have changed. */
  attend(): void
  remove(): void
}

export interface AttentionOptions {
  readonly drawing: Drawing
  /** Makes who looks on; rejects where that cannot be loaded. */
  readonly load: () => Promise<(stops: Stops) => Onlooker>
  /** It could not be loaded. The next one who turns here tries again. */
  readonly onFailure: () => void
}

/** More is not made up for. */
const mostMissed = 32
/** What walks the tree; all other keys are the page's. */
const walks = /^(Arrow.+|Home|End|Enter|Escape)$/

/** Also of a key in another window, whose classes are others. */
function isPress(event: Event): event is KeyboardEvent {
  return 'key' in event
}

function isWalk(event: Event): boolean {
  return isPress(event) && walks.test(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey
}

function isOverTransition({ target }: Event): boolean {
  return target instanceof Element && target.closest('.edge, [data-transitions]') !== null
}

/** The same once more, for who was not there yet. */
function repeat(event: Event): void {
  const { target } = event
  // Whoever has gone on since is not called back.
  if (event.type === 'focusin' && target instanceof Element && !target.matches(':focus')) return
  const again: Event = Reflect.construct(event.constructor, [event.type, event])
  target?.dispatchEvent(again)
}

export function attentionTo({ drawing, load, onFailure }: AttentionOptions): Attention {
  const { root, twin } = drawing
  const [tree] = twin.elements
  const stops = stopsOn(drawing)
  const waiting = new AbortController()
  let onlooker: Onlooker | undefined
  let missed: readonly Event[] = []

  const call = async (): Promise<void> => {
    try {
      const make = await load()
      if (waiting.signal.aborted) return
      waiting.abort()
      onlooker = make(stops)
      onlooker.attend()
      for (const event of missed) repeat(event)
    } catch {
      onFailure()
    }
    missed = []
  }
  const hear = (target: Element | undefined, type: string, matters: (event: Event) => boolean): void => {
    const miss = (event: Event): void => {
      if (!matters(event)) return
      if (isPress(event)) event.preventDefault()
      if (missed.length === 0) void call()
      // Of where the pointer has been only the last place counts.
      const before = type === 'pointerover' ? missed.filter((other) => other.type !== type) : missed
      missed = [...before, event].slice(-mostMissed)
    }
    target?.addEventListener(type, miss, { signal: waiting.signal })
  }
  const isCalled = (): boolean => missed.length > 0
  hear(tree, 'focusin', () => true)
  hear(tree, 'keydown', isWalk)
  hear(root, 'click', () => true)
  hear(root, 'pointerover', (event) => isCalled() || isOverTransition(event))
  hear(root, 'pointerleave', isCalled)
  return {
    attend: () => (onlooker === undefined ? stops.attend(false) : onlooker.attend()),
    remove() {
      waiting.abort()
      onlooker?.remove()
    },
  }
}
