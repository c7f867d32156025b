/**
 * Where the code of each protocol is, so that a bundler splits it off and a page pays only for what it opens.
 *
 * @module
 */
import type { TransportType } from './config.ts'

export const loaders = {
  sse: async () => (await import('../transports/sse.ts')).sse,
  websocket: async () => (await import('../transports/websocket.ts')).webSocket,
  'http-stream': async () => (await import('../transports/http-stream.ts')).httpStream,
  'long-poll': async () => (await import('../transports/long-poll.ts')).longPoll,
  durable: async () => (await import('../transports/durable.ts')).durable,
} satisfies Record<TransportType, unknown>
