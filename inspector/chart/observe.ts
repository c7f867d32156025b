/**
 * Joins a running actor and a chart. It may join late and leave early; the actor does not notice.
 *
 * @module
 */
import type { AnyActorRef, Subscription } from 'xstate'
import { type Ear, hear, pendingOf } from './inspection.ts'
import type { ChartSnapshot } from './phase.ts'
import type { Chart } from './render.ts'
import { Microsteps } from './taken.ts'

/** As much of a machine actor as the chart listens to. */
export type ObservedActor = Pick<AnyActorRef, 'system'> & {
  getSnapshot(): ChartSnapshot
  subscribe(listener: (snapshot: ChartSnapshot) => void): Subscription
}

/**
 * Shows what an actor does: which transitions it takes, which delays it waits for, which states it is in. Where XState does not
 * say which transitions were taken, the chart simply lights its states.
 *
 * @returns stops observing.
 */
export function observeChart(actor: ObservedActor, chart: Chart): () => void {
  const microsteps = new Microsteps()
  let taken: string[] = []
  const paintNow = (snapshot: ChartSnapshot): void => {
    chart.update(snapshot, taken)
    taken = []
  }
  const ear: Ear = {
    event() {},
    taken(_actor, keys) {
      if (keys !== null) taken.push(...keys)
    },
    scheduled(_actor, { delay, event }) {
      chart.wait({ eventType: event, delay })
    },
    // The chart empties what it fills when the state is left.
    cancelled() {},
    snapshot() {},
  }
  const inspection = actor.system.inspect((inspected) => {
    if (Object.is(inspected.actorRef, actor)) hear(microsteps.settled(inspected), ear)
  })
  const snapshots = actor.subscribe(paintNow)
  paintNow(actor.getSnapshot())
  for (const { delay, elapsed, event } of pendingOf(actor)) chart.wait({ eventType: event, delay, elapsed })
  return () => {
    inspection.unsubscribe()
    snapshots.unsubscribe()
  }
}
