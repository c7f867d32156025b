/**
 * The door for `createBrowserInspector` of `@statelyai/inspect`, told nothing but this page's address: the page says that it is
 * there, and is sent what the standard tells.
 *
 * @module
 */
import type { HubMessage } from '../../protocol/messages.ts'
import { standardSource } from '../../protocol/standard.ts'
import { listenTo } from './other-window.ts'
import type { Viewer } from './page-viewer.ts'

/** Who is there has no name of its own. */
const app = 'standard'

/** When to say again that we are there, in ms: of a frame that is still loading the standard takes no notice. */
const again = [1_000, 4_000] as const

function isFarewell(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Reflect.get(data, 'type') === '@statelyai.disconnected'
}

/** @param other of `otherWindow`. */
export function standardViewer(other: Window, onMessage: (message: HubMessage) => void): Viewer {
  const source = standardSource()
  let heard: 'nothing' | 'something' = 'nothing'
  const port = listenTo(other, (data) => {
    const messages = source.take(data)
    if (messages === undefined) {
      if (heard === 'something' && isFarewell(data)) onMessage({ app, gone: true })
      return false
    }
    heard = 'something'
    onMessage({ app, messages })
    return true
  })
  const connect = (): void => {
    // Each time it sends all that it has kept: once is enough.
    if (heard === 'nothing') port.announce({ type: '@statelyai.connected' })
  }
  if (document.readyState === 'complete') connect()
  else addEventListener('load', connect, { once: true })
  const timers = again.map((delay) => setTimeout(connect, delay))
  return {
    ask({ asked }) {
      // Its events came with their contents, which nothing has redacted: they were not kept.
      if (asked.kind === 'payload') onMessage({ app, messages: [{ kind: 'payload', seq: asked.seq, text: null }] })
    },
    close() {
      removeEventListener('load', connect)
      for (const timer of timers) clearTimeout(timer)
      port.close()
    },
  }
}
