/**
 * The looking end of a `memoryLink`: the app is in this very page. Nothing is written out for it, and what is told is taken as it is.
 *
 * @module
 */
import type { MemoryLink } from '../../attach/memory-link.ts'
import type { HubMessage } from '../../protocol/messages.ts'
import type { Viewer } from './page-viewer.ts'

/** There is one app in a page, whatever is attached of it. */
const app = 'this page'

/**
 * @param onMessage hears everything as it is, before this returns, and then what happens.
 * @example
 * const viewer = memoryViewer(link, store.apply)
 */
export function memoryViewer(link: MemoryLink, onMessage: (message: HubMessage) => void): Viewer {
  const viewer = link.view((messages) => onMessage({ app, messages }))
  return {
    ask: ({ asked }) => viewer.ask(asked),
    close: () => viewer.leave(),
  }
}
