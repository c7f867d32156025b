/**
 * What of the inspector is loaded only when it is wanted: the element with what attaches, and the page in it.
 *
 * @module
 */
import type { MemoryLink } from '../attach/memory-link.ts'
import type { Memory, Theme } from './place.ts'
import type { ShowInspector } from './show.ts'

/** What the element lends the page. */
export interface PanelHost {
  readonly shadow: ShadowRoot
  /** In the shadow tree; carries theme and sizes. */
  readonly root: HTMLElement
  readonly link: MemoryLink
  readonly memory: Memory
  /** The panel is in a window of its own, or has come back from there. */
  moved(place: 'docked' | 'window'): void
  /** The reader has enough. */
  collapse(): void
}

/** The page in a panel. It goes on hearing while it is hidden. */
export interface Panel {
  show(): void
  /** Gives it the focus, while it is shown. */
  focus(): void
  hide(): void
  /** Into a window of its own; nothing happens where the browser will not open one. */
  popOut(): Promise<void>
  setTheme(theme: Theme): void
  close(): void
}

/** Loads each part. `statewire/inspector/always` has those that production builds keep. */
export interface InspectorParts {
  element(): Promise<{ readonly showInspector: ShowInspector }>
  page(): Promise<{ readonly createPanel: (host: PanelHost) => Promise<Panel> }>
}

/** Written out, as bundlers put the value in its place and then leave out what is never loaded. */
function unlessProduction(): InspectorParts | undefined {
  return process.env.NODE_ENV === 'production'
    ? undefined
    : { element: () => import('./show.ts'), page: () => import('./panel.tsx') }
}

/** Those of this build: none in production, and none in a page without a bundler, where nobody can tell. */
export function partsHere(): InspectorParts | undefined {
  try {
    return unlessProduction()
  } catch {
    return undefined
  }
}
