/**
 * The link inside one page or process: nothing is written out until somebody looks.
 *
 * @module
 */
import type { AppMessage, ViewerMessage } from '../protocol/messages.ts'
import type { InspectorLink } from './link.ts'
import { Listeners } from './listeners.ts'
import { Watching } from './watching.ts'

/** One who looks at a {@link MemoryLink}. */
export interface MemoryViewer {
  ask(asked: ViewerMessage): void
  leave(): void
}

export interface MemoryLink extends InspectorLink {
  /** Looks on until {@link MemoryViewer.leave}: first everything as it is, then what happens, in the tick in which it does. */
  view(deliver: (messages: readonly AppMessage[]) => void): MemoryViewer
}

/**
 * Creates a link for a viewer in the same page: an embedded panel, a test.
 *
 * @example
 * const link = memoryLink()
 * attachInspector(actor, { link })
 * const viewer = link.view((messages) => session.apply({ app: 'this page', messages }))
 */
export function memoryLink(): MemoryLink {
  const watching = new Watching()
  const viewers = new Listeners<readonly AppMessage[]>()
  let count = 0
  return {
    get watched() {
      return watching.watched
    },
    send: (messages) => viewers.tell(messages),
    listen: watching.listen,
    onWatched: watching.onWatched,
    view(deliver) {
      const stop = viewers.add(deliver)
      count += 1
      // The first one is told everything because somebody looks now; a later one asks for it.
      if (count === 1) watching.set(true)
      else watching.ask({ kind: 'sync' })
      let state: 'looking' | 'left' = 'looking'
      return {
        ask(asked) {
          if (state === 'looking') watching.ask(asked)
        },
        leave() {
          if (state === 'left') return
          state = 'left'
          stop()
          count -= 1
          if (count === 0) watching.set(false)
        },
      }
    },
    close() {
      watching.end()
      viewers.clear()
    },
  }
}
