/**
 * `statewire/machines`: the charts themselves, for graph tools, documentation and tests.
 *
 * @module
 */
export {
  type ConnectionMachine,
  type ConnectionSnapshot,
  type ConnectionState,
  connectionMachine,
  stateOf,
} from './connection.ts'
export type { ConnectionContext, ConnectionEmitted, ConnectionEvent, ConnectionOutput } from './connection-types.ts'
