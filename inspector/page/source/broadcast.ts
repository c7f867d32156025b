/**
 * The page's ear for apps of its own origin, where no hub is between them: a `BroadcastChannel`.
 *
 * @module
 */
import type { AskedEnvelope, PresenceEnvelope } from '../../attach/envelope.ts'
import { appBatch } from '../../protocol/checks.ts'
import type { Asked, HubMessage } from '../../protocol/messages.ts'

/** The same as `inspectorChannel` of inspector/attach, which the page need not load for it. */
const channelName = 'statewire-inspector'

/** An app takes a viewer that is silent for 15 s for gone, in ms. */
const every = 5_000

export interface BroadcastViewer {
  ask(asked: Asked): void
  close(): void
}

/** The app and what it told, if that is what came. */
function fromApp(data: unknown): HubMessage | undefined {
  if (typeof data !== 'object' || data === null || Reflect.get(data, 'statewire') !== 'app') return undefined
  const app: unknown = Reflect.get(data, 'app')
  const messages = appBatch(Reflect.get(data, 'messages'))
  return typeof app === 'string' && app.length <= 256 && messages !== undefined ? { app, messages } : undefined
}

/**
 * @param onMessage hears what every attached app of this origin tells.
 * @example
 * const viewer = broadcastViewer(store.apply)
 */
export function broadcastViewer(onMessage: (message: HubMessage) => void): BroadcastViewer {
  const channel = new BroadcastChannel(channelName)
  // Not `randomUUID`: a page over a local network has none.
  const viewer = [...crypto.getRandomValues(new Uint32Array(4))].join('-')
  const say = (envelope: PresenceEnvelope | AskedEnvelope): void => channel.postMessage(envelope)
  const look = (): void => say({ statewire: 'viewer', viewer, looks: true })
  const leave = (): void => say({ statewire: 'viewer', viewer, looks: false })
  channel.onmessage = ({ data }) => {
    const heard = fromApp(data)
    if (heard === undefined) return
    // Whoever says hello has only just come, and knows of nobody who looks.
    if ('messages' in heard && heard.messages[0]?.kind === 'hello') look()
    onMessage(heard)
  }
  look()
  const timer = setInterval(look, every)
  addEventListener('pagehide', leave)
  addEventListener('pageshow', look)
  return {
    ask: ({ app, asked }) => say({ statewire: 'viewer', viewer, app, asked }),
    close() {
      removeEventListener('pagehide', leave)
      removeEventListener('pageshow', look)
      clearInterval(timer)
      leave()
      channel.close()
    },
  }
}
