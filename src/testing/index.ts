/**
 * `statewire/testing`: simulated time and surroundings, and the chart as walks for your own screen. For browsers and Node.
 *
 * @module
 */
export { type SimulatedClock, simulatedClock } from './clock.ts'
export { type ConnectionPeer, type DrivenActor, type DriverOptions, driveConnection } from './drive.ts'
export { type SimulatedEnvironment, type SimulatedPool, simulatedEnvironment, simulatedPool } from './environment.ts'
export { type Gate, gate } from './gate.ts'
export type { FailureClass, ModelEvent, ProtocolTraits } from './model-events.ts'
export { type ConnectionPath, connectionPaths, type PathOptions, type Step, type Walking, walk } from './paths.ts'
export { type Patience, settle, until } from './settle.ts'
