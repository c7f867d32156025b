/**
 * The looking end of the links between pages: says that it looks, hears what is told, asks.
 *
 * @module
 */
import type { AskedEnvelope, PresenceEnvelope } from '../../attach/envelope.ts'
import { appBatch } from '../../protocol/checks.ts'
import type { Asked, HubMessage } from '../../protocol/messages.ts'

/** An app takes a viewer that is silent for 15 s for gone, in ms. */
const every = 5_000

/** How a page hears apps and asks them, whatever is between them. */
export interface Viewer {
  ask(asked: Asked): void
  close(): void
}

/** The way to the apps. */
export interface ViewerPort {
  post(envelope: PresenceEnvelope | AskedEnvelope): void
  close(): void
}

export interface PageViewer {
  readonly viewer: Viewer
  /** Something came that may be from an app. @returns whether it was. */
  hear(data: unknown): boolean
}

/** The app and what it told, if that is what came. */
function fromApp(data: unknown): HubMessage | undefined {
  if (typeof data !== 'object' || data === null || Reflect.get(data, 'statewire') !== 'app') return undefined
  const app: unknown = Reflect.get(data, 'app')
  const messages = appBatch(Reflect.get(data, 'messages'))
  return typeof app === 'string' && app.length <= 256 && messages !== undefined ? { app, messages } : undefined
}

/** Looks through a port, from now until it is closed. */
export function pageViewer(port: ViewerPort, onMessage: (message: HubMessage) => void): PageViewer {
  // Not `randomUUID`: a page over a local network has none.
  const viewer = [...crypto.getRandomValues(new Uint32Array(4))].join('-')
  const look = (): void => port.post({ statewire: 'viewer', viewer, looks: true })
  const leave = (): void => port.post({ statewire: 'viewer', viewer, looks: false })
  look()
  const timer = setInterval(look, every)
  addEventListener('pagehide', leave)
  addEventListener('pageshow', look)
  return {
    hear(data) {
      const heard = fromApp(data)
      if (heard === undefined) return false
      // Whoever says hello has only just come, and knows of nobody who looks.
      if ('messages' in heard && heard.messages[0]?.kind === 'hello') look()
      onMessage(heard)
      return true
    },
    viewer: {
      ask: ({ app, asked }) => port.post({ statewire: 'viewer', viewer, app, asked }),
      close() {
        removeEventListener('pagehide', leave)
        removeEventListener('pageshow', look)
        clearInterval(timer)
        leave()
        port.close()
      },
    },
  }
}
