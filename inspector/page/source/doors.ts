/**
 * How this page hears of apps. Its address says which way: with a token it is the hub's, `?here` hears apps of this origin,
 * `?standard` the standard inspector and `?window` a `postMessageLink` of the window beside it.
 *
 * @module
 */
import type { Asked } from '../../protocol/messages.ts'
import type { Store } from '../store.ts'
import { otherWindow } from './other-window.ts'
import type { Viewer } from './page-viewer.ts'
import { viewerAddress, viewerSocket } from './viewer-socket.ts'

export type Door = 'hub' | 'here' | 'standard' | 'window' | 'none'

/**
 * Which door an address names. A page that another one may hold in a frame never goes to the hub: what `?standard` and `?window`
 * show is told by who holds them.
 */
export function doorOf(search: string, token: string | null): Door {
  const asked = new URLSearchParams(search)
  if (asked.has('standard')) return 'standard'
  if (asked.has('window')) return 'window'
  if (token !== null) return 'hub'
  return asked.has('here') ? 'here' : 'none'
}

/**
 * Opens the door that the page's address names, and says in `store.source` how that goes.
 *
 * @param token of `takeToken`.
 * @returns what asks an app.
 * @example
 * const ask = openDoor(store, takeToken().token)
 */
export function openDoor(store: Store, token: string | null): (asked: Asked) => void {
  const door = doorOf(location.search, token)
  const { apply, source } = store
  if (door === 'hub' && token !== null) {
    const onState = (state: typeof source.value): void => {
      source.value = state
    }
    return viewerSocket({ url: viewerAddress(location), token, onMessage: apply, onState }).ask
  }
  if (door === 'none' || (door !== 'here' && otherWindow() === null)) return () => {}
  source.value = 'here'
  let viewer: Viewer | undefined
  viewerAt(door, apply).then(
    (opened) => {
      viewer = opened
    },
    () => {
      source.value = 'none'
      store.notice.value = 'The door could not be loaded: load the page again.'
    },
  )
  return (asked) => viewer?.ask(asked)
}

/** Loaded when it is wanted: most pages hear a hub. */
async function viewerAt(door: Door, apply: Store['apply']): Promise<Viewer | undefined> {
  if (door === 'here') return (await import('./broadcast.ts')).broadcastViewer(apply)
  const other = otherWindow()
  if (other === null) return undefined
  if (door === 'standard') return (await import('./standard-door.ts')).standardViewer(other, apply)
  return (await import('./window-door.ts')).windowViewer(other, apply)
}
