/**
 * Where a connection is at this moment.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import { planeOf } from './planes.ts'

/**
 * The position behind the last message handed over, or `null` before the first. `snapshot.context.position` is that of the last
 * control event: messages do not go through the chart.
 *
 * @example
 * localStorage.setItem('position', positionOf(chat) ?? '')
 */
export function positionOf(connection: AnyActorRef): string | null {
  return planeOf(connection).position
}
