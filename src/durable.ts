/**
 * `statewire/durable`: streams with positions. Nothing lost, nothing repeated, gaps said.
 *
 * @module
 */
import { values } from './codecs/codec.ts'
import { connection } from './connection/connection.ts'
import { watched } from './connection/settings.ts'
import { producerQueue } from './producer/queue-kind.ts'
import { resumed } from './producer/resume-token.ts'
import { type DurableInput, durable } from './transports/durable.ts'

export * from './core.ts'
export { indexedDbOutbox } from './producer/indexed-db-outbox.ts'
export type { ProducerOptions, RefusedPolicy } from './producer/producer-options.ts'
export { producerQueue } from './producer/queue-kind.ts'
export { type ResumeToken, resumeTokenOf } from './producer/resume-token.ts'
export type { OutboxSlot, OutboxStorage, ProducerIdentity, StoredBatch } from './producer/storage.ts'
export { type DurableStream, type StreamOptions, stream } from './transport/durable-stream.ts'
export { type DurableInput, durable } from './transports/durable.ts'
export { createSocketPool, type SocketPool, type SocketPoolOptions } from './transports/durable-socket-pool.ts'

/**
 * Connection logic for a stream of a statewire (or Durable Streams) server, over SSE, NDJSON, long-poll or WebSocket.
 *
 * @example
 * const room = createActor(durableConnection, { input: { url: '/v1/stream/rooms/42', via: 'websocket' } }).start()
 * room.on('message', ({ message }) => render(message.data))
 * room.send({ type: 'connect' })
 */
export const durableConnection = /* @__PURE__ */ connection<DurableInput, unknown, unknown>(durable, {
  codec: values,
  queue: producerQueue,
  defaults: (input) => ({ ...watched, ...resumed(input) }),
})
