/**
 * The charts of this package, by the names that `statewire export` knows them by.
 *
 * @module
 */
import type { AnyStateMachine } from 'xstate'
import { breakerMachine, connectionMachine, environmentMachine, managerMachine } from '../../machines/index.ts'

export const ownCharts: Readonly<Record<'connection' | 'manager' | 'breaker' | 'environment', AnyStateMachine>> = {
  connection: connectionMachine,
  manager: managerMachine,
  breaker: breakerMachine,
  environment: environmentMachine,
}
