/**
 * Which data plane belongs to which actor. Weak, so that a connection nobody holds is collected with its plane.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import { TransportError } from '../errors.ts'
import type { DataPlane } from './plane.ts'

const planes = new WeakMap<object, DataPlane>()

export function register(actor: object, plane: DataPlane): void {
  planes.set(actor, plane)
}

export function findPlane(actor: object): DataPlane | undefined {
  return planes.get(actor)
}

/** The data plane of a connection actor; throws where the actor is not one. */
export function planeOf(actor: AnyActorRef): DataPlane {
  const plane = planes.get(actor)
  if (plane === undefined) throw new TransportError('bad_option', 'This actor is not a statewire connection.')
  return plane
}
