/**
 * The other end of `postMessageLink`: an app in the window that has opened this page, or that holds it in a frame.
 *
 * @module
 */
import type { HubMessage } from '../../protocol/messages.ts'
import { listenTo } from './other-window.ts'
import { pageViewer, type Viewer } from './page-viewer.ts'

/** @param other of `otherWindow`. */
export function windowViewer(other: Window, onMessage: (message: HubMessage) => void): Viewer {
  const port = listenTo(other, (data) => hear(data))
  const { hear, viewer } = pageViewer(
    {
      // That somebody looks is no secret; what is asked is for the app that was heard.
      post: (envelope) => ('looks' in envelope ? port.announce(envelope) : port.post(envelope)),
      close: port.close,
    },
    onMessage,
  )
  return viewer
}
