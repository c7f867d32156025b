/**
 * Stores that follow a connection: to another URL, another actor, another state. Each is derived from the one before, so that
 * a swap anywhere reaches every reader, and nothing is followed that nobody reads.
 *
 * @module
 */
import { useSelector } from '@xstate/svelte'
import { derived, type Readable } from 'svelte/store'
import { type ConnectionSnapshot, stateOf } from '../../machines/connection.ts'
import type { ConnectionActor } from '../connection/logic.ts'
import type { TransportError } from '../errors.ts'
import type { SharedConnection } from '../manager/shared-connection.ts'

/** The actor that runs at present: another one after a swap, and after `connect` where the last one was over. */
export function actorsOf<Received, Sent>(
  connections: Readable<SharedConnection<Received, Sent>>,
): Readable<ConnectionActor<object, Received, Sent>> {
  return derived(connections, (shared, set) => {
    const follow = (): void => set(shared.current())
    follow()
    return shared.subscribe(follow)
  })
}

/** What the official binding selects of the present actor. */
export function selected<Received, Sent, Value>(
  actors: Readable<ConnectionActor<object, Received, Sent>>,
  select: (snapshot: ConnectionSnapshot) => Value,
): Readable<Value> {
  return derived(actors, (actor, set) =>
    useSelector(actor, (snapshot) => select(snapshot as unknown as ConnectionSnapshot)).subscribe(set),
  )
}

/** Why it is not connected; a failure that was got over is none. */
export function failureOf(snapshot: ConnectionSnapshot): TransportError | null {
  const state = stateOf(snapshot)
  return state === 'error' || state === 'reconnecting' ? snapshot.context.failure : null
}

/** Has a subscription to the present actor, and to no other. */
export function following<Actor>(
  actors: Readable<Actor>,
  subscribe: (actor: Actor) => { unsubscribe(): void },
): () => void {
  const subscriptions = derived(actors, (actor, _set) => {
    const subscription = subscribe(actor)
    return () => subscription.unsubscribe()
  })
  return subscriptions.subscribe(() => {})
}
