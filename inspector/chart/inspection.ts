/**
 * What XState tells those who inspect it. Version 5 makes four records of an event and keeps some facts in fields that are not
 * public, version 6 makes one record; both are read here and nowhere else. Whatever is missing is `null`, and nothing throws.
 *
 * @module
 */
import type { AnyActorRef, AnyTransitionDefinition } from 'xstate'
import { isObject } from '../../src/tabs/shapes.ts'
import { transitionKey } from './labels.ts'

/** A record of either version, as far as it is asked for. */
export interface Inspected {
  readonly type: string
  readonly actorRef: unknown
  readonly event?: unknown
  readonly sourceRef?: unknown
  readonly snapshot?: unknown
  readonly action?: unknown
  readonly _transitions?: unknown
  readonly microsteps?: unknown
  readonly actions?: unknown
  readonly sent?: unknown
}

/** An event, by its name. */
export interface Named {
  readonly type: string
}

/** A delayed event that an actor has scheduled for itself. */
export interface Delayed {
  /** By which it is cancelled; `null` where it was given none. */
  readonly id: string | null
  readonly event: string
  /** In ms, jitter included. */
  readonly delay: number
}

/** One that was scheduled `elapsed` ms ago. */
export interface Pending extends Delayed {
  readonly elapsed: number
}

/** Whom it is told, in the order in which it happened. */
export interface Ear {
  event(actor: AnyActorRef, event: Named, source: unknown): void
  /** A microstep was taken, by transitions that are called what `transitionKey` calls them; `null`: this XState does not say by which. */
  taken(actor: AnyActorRef, keys: readonly string[] | null): void
  scheduled(actor: AnyActorRef, delayed: Delayed): void
  /** Whatever has this id, if it is still to come. */
  cancelled(actor: AnyActorRef, id: string): void
  /** What the event has led to. */
  snapshot(actor: AnyActorRef, event: Named, snapshot: unknown): void
}

export function isActor(value: unknown): value is AnyActorRef {
  return isObject(value) && typeof value.getSnapshot === 'function' && typeof value.sessionId === 'string'
}

function isNamed(value: unknown): value is Named {
  return isObject(value) && typeof value.type === 'string'
}

function isTransition(value: unknown): value is AnyTransitionDefinition {
  return isObject(value) && isObject(value.source) && value.source.transitions instanceof Map && 'eventType' in value
}

/** Machines have a few transitions that they take over and over. */
const keys = new WeakMap<AnyTransitionDefinition, string>()

function keyOf(transition: AnyTransitionDefinition): string {
  const known = keys.get(transition)
  if (known !== undefined) return known
  const key = transitionKey(transition)
  keys.set(transition, key)
  return key
}

function keysOf(transitions: unknown): readonly string[] | null {
  return Array.isArray(transitions) ? transitions.filter(isTransition).map(keyOf) : null
}

function delayedIn(value: unknown): Delayed | null {
  if (!isObject(value) || typeof value.delay !== 'number' || !isNamed(value.event)) return null
  return { id: typeof value.id === 'string' ? value.id : null, event: value.event.type, delay: value.delay }
}

function hearAction(actor: AnyActorRef, action: unknown, ear: Ear): void {
  if (!isNamed(action) || !('params' in action)) return
  const { params, type } = action
  if (type === 'xstate.raise') {
    const delayed = delayedIn(params)
    if (delayed !== null) ear.scheduled(actor, delayed)
  } else if (type === 'xstate.cancel' && isObject(params) && typeof params.sendId === 'string') {
    ear.cancelled(actor, params.sendId)
  }
}

/** Version 6: everything about one event at once. */
function hearTransition(actor: AnyActorRef, inspected: Inspected, ear: Ear): void {
  const { actions, event, microsteps, sent, snapshot, sourceRef } = inspected
  if (!isNamed(event)) return
  ear.event(actor, event, sourceRef)
  if (Array.isArray(actions)) for (const action of actions) hearAction(actor, action, ear)
  if (Array.isArray(sent)) {
    for (const record of sent) {
      const delayed = isObject(record) && record.targetRef === actor ? delayedIn(record) : null
      if (delayed !== null) ear.scheduled(actor, delayed)
    }
  }
  ear.taken(actor, keysOf(microsteps))
  ear.snapshot(actor, event, snapshot)
}

/** Takes a record apart. One that is of no known kind says nothing. */
export function hear(inspected: Inspected, ear: Ear): void {
  const { actorRef: actor, event } = inspected
  if (!isActor(actor)) return
  switch (inspected.type) {
    case '@xstate.event':
      if (isNamed(event)) ear.event(actor, event, inspected.sourceRef)
      break
    case '@xstate.microstep':
      ear.taken(actor, keysOf(inspected._transitions))
      break
    case '@xstate.action':
      hearAction(actor, inspected.action, ear)
      break
    case '@xstate.snapshot':
      if (isNamed(event)) ear.snapshot(actor, event, inspected.snapshot)
      break
    case '@xstate.transition':
      hearTransition(actor, inspected, ear)
      break
  }
}

/** What an actor waits for already; nothing where this XState does not say. `startedAt` is wall time, as XState keeps it. */
export function pendingOf(actor: Pick<AnyActorRef, 'system'>): readonly Pending[] {
  const scheduled: unknown = Reflect.get(actor.system.getSnapshot(), '_scheduledEvents')
  if (!isObject(scheduled)) return []
  return Object.values(scheduled).flatMap((one) => {
    const delayed = delayedIn(one)
    if (delayed === null || !isObject(one) || one.source !== actor || one.target !== actor) return []
    const elapsed = typeof one.startedAt === 'number' ? Math.max(0, Date.now() - one.startedAt) : 0
    return [{ ...delayed, elapsed }]
  })
}
