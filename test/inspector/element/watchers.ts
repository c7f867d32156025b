/**
 * Who hears of every event of a system: XState does not tell.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'

/** Those who have begun to inspect the actor's system since this was called, and have not left. */
export function watchersOf({ system }: AnyActorRef): ReadonlySet<unknown> {
  const watchers = new Set<unknown>()
  const { inspect } = system
  system.inspect = (observer) => {
    const { unsubscribe } = inspect(observer)
    watchers.add(observer)
    return {
      unsubscribe() {
        watchers.delete(observer)
        unsubscribe()
      },
    }
  }
  return watchers
}
