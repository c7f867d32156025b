/**
 * Joins a running actor and a chart. It may join late and leave early; the actor does not notice.
 *
 * @module
 */
import type { AnyActorRef, AnyTransitionDefinition, InspectionEvent, Subscription } from 'xstate'
import { transitionKey } from './labels.ts'
import type { ChartSnapshot } from './phase.ts'
import type { Chart } from './render.ts'

/** As much of a machine actor as the chart listens to. */
export type ObservedActor = Pick<AnyActorRef, 'system'> & {
  getSnapshot(): ChartSnapshot
  subscribe(listener: (snapshot: ChartSnapshot) => void): Subscription
}

function isTransition(value: unknown): value is AnyTransitionDefinition {
  return typeof value === 'object' && value !== null && 'source' in value && 'eventType' in value
}

/** `_transitions` is an underscore field: where a later XState has none, the chart simply lights its states. */
function takenBy(inspected: InspectionEvent): string[] {
  const transitions: unknown = Reflect.get(inspected, '_transitions')
  return Array.isArray(transitions) ? transitions.filter(isTransition).map(transitionKey) : []
}

interface Scheduled {
  readonly event: { readonly type: string }
  readonly delay: number
}

function isScheduled(value: unknown): value is Scheduled {
  if (typeof value !== 'object' || value === null || !('event' in value) || !('delay' in value)) return false
  const { event, delay } = value
  return (
    typeof delay === 'number' &&
    typeof event === 'object' &&
    event !== null &&
    'type' in event &&
    typeof event.type === 'string'
  )
}

/** Waits that began before the chart joined. `startedAt` is wall time, as XState keeps it. */
function showPending(actor: ObservedActor, chart: Chart): void {
  const pending: unknown = Reflect.get(actor.system.getSnapshot(), '_scheduledEvents')
  if (typeof pending !== 'object' || pending === null) return
  for (const scheduled of Object.values(pending)) {
    if (!isScheduled(scheduled) || Reflect.get(scheduled, 'source') !== actor) continue
    const startedAt: unknown = Reflect.get(scheduled, 'startedAt')
    const elapsed = typeof startedAt === 'number' ? Math.max(0, Date.now() - startedAt) : 0
    chart.wait({ eventType: scheduled.event.type, delay: scheduled.delay, elapsed })
  }
}

/**
 * Shows what an actor does: which transitions it takes, which delays it waits for, which states it is in.
 *
 * @returns stops observing.
 */
export function observeChart(actor: ObservedActor, chart: Chart): () => void {
  let taken: string[] = []
  const paintNow = (snapshot: ChartSnapshot): void => {
    chart.update(snapshot, taken)
    taken = []
  }
  const inspection = actor.system.inspect((inspected) => {
    if (!Object.is(inspected.actorRef, actor)) return
    if (inspected.type === '@xstate.microstep') taken.push(...takenBy(inspected))
    if (
      inspected.type === '@xstate.action' &&
      inspected.action.type === 'xstate.raise' &&
      isScheduled(inspected.action.params)
    ) {
      const { event, delay } = inspected.action.params
      chart.wait({ eventType: event.type, delay })
    }
  })
  const snapshots = actor.subscribe(paintNow)
  paintNow(actor.getSnapshot())
  showPending(actor, chart)
  return () => {
    inspection.unsubscribe()
    snapshots.unsubscribe()
  }
}
