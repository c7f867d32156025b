/**
 * The connections of a manager are root actors of their own, which its system knows nothing of: they are followed as they come and go.
 *
 * @module
 */
import type { AnyActorRef, InspectionEvent } from 'xstate'
import { managerMachine } from '../../machines/manager.ts'
import type { Place } from '../../src/manager/place.ts'
import { findRegistry } from '../../src/manager/registries.ts'
import { isObject } from '../../src/tabs/shapes.ts'

/** Shows a connection under a name; the returned function ends that. */
export type Follow = (connection: AnyActorRef, name: string) => () => void

export function isManager(actor: AnyActorRef): boolean {
  const logic: unknown = Reflect.get(actor, 'logic')
  return isObject(logic) && logic.config === managerMachine.config
}

function placesOf(manager: AnyActorRef): readonly Place[] {
  return findRegistry(manager)?.places() ?? []
}

/**
 * Follows every connection that a manager has or opens, through its restarts, until it is closed.
 *
 * @returns stops, and with it what was followed.
 */
export function followManager(manager: AnyActorRef, follow: Follow): () => void {
  const followed = new Map<string, () => void>()
  const drop = (name: string): void => {
    followed.get(name)?.()
    followed.delete(name)
  }
  const take = (place: Place): void => {
    const name = place.key
    drop(name)
    let leave = follow(place.current(), name)
    const stop = place.subscribe(() => {
      leave()
      leave = follow(place.current(), name)
    })
    followed.set(name, () => {
      stop()
      leave()
    })
  }
  // Not by its own events: a manager that is stopped and started again, as React does it, has lost its listeners.
  const subscription = manager.system.inspect((inspected: InspectionEvent) => {
    if (inspected.type !== '@xstate.snapshot' || inspected.actorRef !== manager) return
    const { id, type } = inspected.event
    if (typeof id !== 'string') return
    try {
      if (type === 'child.opened') for (const place of placesOf(manager)) if (place.key === id) take(place)
      if (type === 'child.closed') drop(id)
    } catch {
      // It is not shown, and works on.
    }
  })
  for (const place of placesOf(manager)) take(place)
  return () => {
    subscription.unsubscribe()
    for (const name of [...followed.keys()]) drop(name)
  }
}
