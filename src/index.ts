/**
 * statewire: streaming transports as statecharts.
 *
 * @module
 */
export * from './core.ts'
export {
  type DurableInput,
  type DurableStream,
  durable,
  durableConnection,
  indexedDbOutbox,
  type OutboxSlot,
  type OutboxStorage,
  type ProducerIdentity,
  type ProducerOptions,
  producerQueue,
  type RefusedPolicy,
  type ResumeToken,
  resumeTokenOf,
  type StoredBatch,
  type StreamOptions,
  stream,
} from './durable.ts'
export { type HttpStreamInput, httpStream, httpStreamConnection } from './http-stream.ts'
export { type LongPollInput, longPoll, longPollConnection } from './long-poll.ts'
export { type SseInput, sse, sseConnection } from './sse.ts'
export type { TransportConfig, TransportInputs, TransportType } from './transport/config.ts'
export { createTransport, type Transport, type TransportEvents } from './transport/create-transport.ts'
export { type WebSocketInput, webSocket, webSocketConnection } from './websocket.ts'
