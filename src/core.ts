/**
 * What every entry shares: the connection logic factory, the state names, iteration, codecs and the error class.
 *
 * @module
 */
export { type ConnectionState, stateOf } from '../machines/connection.ts'
export type {
  ConnectionContext,
  ConnectionEmitted,
  ConnectionEvent,
  ConnectionOutput,
} from '../machines/connection-types.ts'
export { binary, type Codec, json, type Payload, raw, text, values } from './codecs/codec.ts'
export type { Schema } from './codecs/schema.ts'
export type { Backoff } from './connection/backoff.ts'
export { type ConnectionOptions, connection } from './connection/connection.ts'
export { listenTo } from './connection/listen-to.ts'
export type { ConnectionActor, ConnectionLogic } from './connection/logic.ts'
export { type IterationOptions, messagesOf } from './connection/messages.ts'
export { positionOf } from './connection/position-of.ts'
export { sendOver } from './connection/send-over.ts'
export type { ConnectionInput } from './connection/settings.ts'
export { TransportError, type TransportErrorCode, type TransportErrorFacts } from './errors.ts'
export type { Bookmark, Deliver, Dial, DialRequest, Gap, Link, Message, Outgoing } from './link.ts'
