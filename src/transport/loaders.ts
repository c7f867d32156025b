/**
 * Where the code of each protocol is, so that a bundler splits it off and a page pays only for what it opens.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Dial } from '../link.ts'
import type { ProtocolName } from './config.ts'

export const loaders = {
  sse: async () => (await import('../transports/sse.ts')).sse,
  websocket: async () => (await import('../transports/websocket.ts')).webSocket,
  'http-stream': async () => (await import('../transports/http-stream.ts')).httpStream,
  'long-poll': async () => (await import('../transports/long-poll.ts')).longPoll,
  durable: async () => (await import('../transports/durable.ts')).durable,
} satisfies Record<ProtocolName, unknown>

/** The same dials for logic that must be there at once: each loads its code with the first attempt. */
export const lazyDials: Readonly<Record<ProtocolName, Dial<object>>> = {
  sse: lazy('sse'),
  websocket: lazy('websocket'),
  'http-stream': lazy('http-stream'),
  'long-poll': lazy('long-poll'),
  durable: lazy('durable'),
}

function lazy(type: ProtocolName): Dial<object> {
  return async (input, request) => {
    const dial = (await loadedDial(type)) as Dial<object>
    return dial(input, request)
  }
}

/** A file that cannot be had now (offline, a release in between) is tried again like any other failure of the network. */
async function loadedDial(type: ProtocolName): Promise<unknown> {
  try {
    return await loaders[type]()
  } catch (cause) {
    throw new TransportError('network', 'The code of this transport could not be loaded.', { cause })
  }
}
