/**
 * The link to other pages of the same origin.
 *
 * @module
 */
import { TransportError } from '../../src/errors.ts'
import type { InspectorLink } from './link.ts'
import { pageLink } from './page-link.ts'

/** The channel where an inspector listens that was told of no other. */
export const inspectorChannel = 'statewire-inspector'

/**
 * Creates a link over a `BroadcastChannel`: to a page that the app's own server serves.
 *
 * @param name - of the channel. Default: {@link inspectorChannel}.
 * @throws TransportError `unsupported` where there is no `BroadcastChannel`
 * @example
 * attachInspector(chat, { link: broadcastLink() })
 */
export function broadcastLink(name: string = inspectorChannel): InspectorLink {
  if (typeof BroadcastChannel === 'undefined') {
    throw new TransportError('unsupported', 'This platform has no BroadcastChannel. Use another link.')
  }
  const channel = new BroadcastChannel(name)
  // Node's would keep its process alive; the standard one has no such thing.
  if ('unref' in channel) (channel as unknown as { unref(): void }).unref()
  const { hear, link } = pageLink({ post: (envelope) => channel.postMessage(envelope), close: () => channel.close() })
  channel.onmessage = ({ data }) => hear(data)
  return link
}
