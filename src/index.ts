/**
 * statewire: streaming transports as statecharts.
 *
 * @module
 */
export * from './core.ts'
export {
  createSocketPool,
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
  type SocketPool,
  type SocketPoolOptions,
  type StoredBatch,
  type StreamOptions,
  stream,
} from './durable.ts'
export { type HttpStreamInput, httpStream, httpStreamConnection } from './http-stream.ts'
export { type LongPollInput, longPoll, longPollConnection } from './long-poll.ts'
export { mergeConfig } from './manager/configuration.ts'
export {
  type ConnectionHealth,
  defaultThresholds,
  type Health,
  type HealthThresholds,
  healthOf,
} from './manager/health.ts'
export type { ManagerLimits } from './manager/limits.ts'
export { type ManagerActor, type ManagerEvent, managerLogic } from './manager/manager.ts'
export type { ManagedOptions, ManagerInput, OpenOrder } from './manager/manager-options.ts'
export { ConnectionMeter } from './manager/meter.ts'
export type { ManagerMetrics } from './manager/metrics.ts'
export type { HoldOptions, SharedConnection } from './manager/shared-connection.ts'
export type { RestartPolicy, RestartType } from './manager/supervision.ts'
export {
  type ManagedConfig,
  type ManagerOptions,
  type SharedConfig,
  shareConnection,
  TransportManager,
} from './manager/transport-manager.ts'
export { type SseInput, sse, sseConnection } from './sse.ts'
export type { AutoInput } from './transport/auto-input.ts'
export type { ProtocolName, TransportConfig, TransportInputs, TransportType } from './transport/config.ts'
export { createTransport, type Transport, type TransportEvents } from './transport/create-transport.ts'
export { createSelectionMemory, type SelectionMemory } from './transport/selection-memory.ts'
export { createOriginSlots, type OriginSlots, type OriginSlotsOptions } from './transports/origin-slots.ts'
export { withSlots } from './transports/origin-slots-dial.ts'
export { type WebSocketInput, webSocket, webSocketConnection } from './websocket.ts'
