/**
 * `statewire/machines`: the charts themselves, for graph tools, documentation and tests.
 *
 * @module
 */
export { type BreakerEvent, type BreakerInput, breakerMachine } from './breaker.ts'
export {
  type ConnectionMachine,
  type ConnectionSnapshot,
  type ConnectionState,
  connectionMachine,
  stateOf,
} from './connection.ts'
export type { ConnectionContext, ConnectionEmitted, ConnectionEvent, ConnectionOutput } from './connection-types.ts'
export { environmentMachine } from './environment.ts'
export type { EnvironmentEmitted, EnvironmentSignal } from './environment-types.ts'
export { type ManagerMachine, managerMachine } from './manager.ts'
export type { ManagerContext, ManagerEmitted, ManagerOutput } from './manager-types.ts'
