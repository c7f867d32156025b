/**
 * The time a connection lives by.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import { timeOn } from '../connection/clock.ts'

/**
 * Milliseconds of the actor's own clock where that can tell the time, as a `SimulatedClock` can: what a test measures is then
 * simulated time, as its delays are. XState's default clock cannot; there it is the runtime's monotonic clock.
 */
export function clockOf(connection: AnyActorRef): () => number {
  const clock = 'clock' in connection ? connection.clock : undefined
  return () => timeOn(typeof clock === 'object' && clock !== null ? clock : {})
}
