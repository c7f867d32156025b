/**
 * What every entry shares: the connection logic factory, the state names, iteration, codecs and the error class.
 *
 * @module
 */

export type { BreakerInput } from '../machines/breaker.ts'
export { type ConnectionState, stateOf } from '../machines/connection.ts'
export type {
  ConnectionContext,
  ConnectionEmitted,
  ConnectionEvent,
  ConnectionOutput,
} from '../machines/connection-types.ts'
export type { EnvironmentEmitted, EnvironmentSignal } from '../machines/environment-types.ts'
export {
  arrayBuffer,
  type Bytes,
  binary,
  blob,
  type Codec,
  json,
  type Payload,
  raw,
  text,
  values,
} from './codecs/codec.ts'
export { ndjson } from './codecs/ndjson.ts'
export type { Refused } from './codecs/refusal.ts'
export type { Schema } from './codecs/schema.ts'
export type { Backoff } from './connection/backoff.ts'
export { type CodecSource, type ConnectionOptions, connection } from './connection/connection.ts'
export {
  createEnvironment,
  type Environment,
  type SignalSource,
  type Surroundings,
} from './connection/environment-source.ts'
export { listenTo } from './connection/listen-to.ts'
export type { ConnectionActor, ConnectionLogic } from './connection/logic.ts'
export {
  type IterationOptions,
  type IterationOverflow,
  type MessageIterator,
  messagesOf,
} from './connection/messages.ts'
export type { OutboxOptions, OutboxOverflow } from './connection/outbox.ts'
export { createPool, type Pool, type PoolOptions } from './connection/pool.ts'
export { positionOf } from './connection/position-of.ts'
export { sendOver } from './connection/send-over.ts'
export type { QueueKind, QueueOptions, SendOptions, SendQueue } from './connection/send-queue.ts'
export type { ConnectionInput } from './connection/settings.ts'
export { TransportError, type TransportErrorCode, type TransportErrorFacts } from './errors.ts'
export type { Bookmark, Deliver, Dial, DialRequest, Gap, Link, Message, Outgoing } from './link.ts'
