/**
 * The page's ear for apps of its own origin, where no hub is between them: a `BroadcastChannel`.
 *
 * @module
 */
import type { HubMessage } from '../../protocol/messages.ts'
import { pageViewer, type Viewer } from './page-viewer.ts'

/** The same as `inspectorChannel` of inspector/attach, which the page need not load for it. */
const channelName = 'statewire-inspector'

/**
 * @param onMessage hears what every attached app of this origin tells.
 * @example
 * const viewer = broadcastViewer(store.apply)
 */
export function broadcastViewer(onMessage: (message: HubMessage) => void): Viewer {
  const channel = new BroadcastChannel(channelName)
  const { hear, viewer } = pageViewer(
    { post: (envelope) => channel.postMessage(envelope), close: () => channel.close() },
    onMessage,
  )
  channel.onmessage = ({ data }) => void hear(data)
  return viewer
}
