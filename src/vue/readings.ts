/**
 * What is read of a connection: here `@xstate/vue` does the work.
 *
 * @module
 */
import { useSelector } from '@xstate/vue'
import { type ComponentInternalInstance, computed } from 'vue'
import { stateOf } from '../../machines/connection.ts'
import type { Holding } from './holding.ts'
import { hydratingOf } from './lifetime.ts'
import type { ReactiveTransport } from './use-transport.ts'

type Readings<Received, Sent> = Pick<ReactiveTransport<Received, Sent>, 'state' | 'error' | 'connection'>

/** All of it follows the actor at present. */
export function readingsOf<Received, Sent>(
  { actor }: Holding<Received, Sent>,
  component: ComponentInternalInstance | null,
): Readings<Received, Sent> {
  const hydrating = hydratingOf(component)
  const seen = computed(() => (hydrating.value ? undefined : actor.value))
  // biome-ignore lint/correctness/useHookAtTopLevel: React's rule; a composable is called once, while its scope is set up.
  const state = useSelector(seen, (snapshot) => (snapshot === undefined ? 'idle' : stateOf(snapshot)))
  // biome-ignore lint/correctness/useHookAtTopLevel: React's rule; a composable is called once, while its scope is set up.
  const error = useSelector(seen, (snapshot) =>
    snapshot?.matches('error') || snapshot?.matches('reconnecting') ? snapshot.context.failure : null,
  )
  return {
    state: computed(() => state.value),
    error: computed(() => error.value),
    connection: computed(() => actor.value),
  }
}
