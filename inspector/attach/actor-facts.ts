/**
 * What XState keeps about its actors. Some of it stands in fields that are not public: each is asked for by name and may be missing.
 *
 * @module
 */
import type { AnyActorRef, AnyTransitionDefinition, InspectedActionEvent } from 'xstate'
import { transitionKey } from '../chart/labels.ts'
import type { ActorStatus, LogicKind, ScheduledWait } from '../protocol/messages.ts'

export function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}

/** A snapshot, as far as every kind of logic has one. */
export interface Facts {
  readonly status: ActorStatus
  readonly value: unknown
  readonly tags: readonly string[]
}

const statuses: readonly unknown[] = ['active', 'done', 'error', 'stopped']
const noTags: readonly string[] = []

function isStatus(value: unknown): value is ActorStatus {
  return statuses.includes(value)
}

/** More of anything in one message is refused by whoever is told. */
export const mostInList = 256

export function statusOf(snapshot: unknown): ActorStatus {
  return isRecord(snapshot) && isStatus(snapshot.status) ? snapshot.status : 'active'
}

/** A machine's state are names out of its code. What other logic calls its value is data, and is not told. */
export function factsOf(snapshot: unknown, logic: LogicKind): Facts {
  const status = statusOf(snapshot)
  if (logic !== 'machine' || !isRecord(snapshot)) return { status, value: null, tags: noTags }
  const { tags, value } = snapshot
  return {
    status,
    value: value ?? null,
    tags: tags instanceof Set && tags.size > 0 ? [...tags].slice(0, mostInList).map(String) : noTags,
  }
}

export function isActor(value: unknown): value is AnyActorRef {
  return isRecord(value) && typeof value.getSnapshot === 'function' && typeof value.sessionId === 'string'
}

export function parentOf(actor: AnyActorRef): AnyActorRef | null {
  const parent: unknown = Reflect.get(actor, '_parent')
  return isActor(parent) ? parent : null
}

/** Frameworks make actors that they never start; nobody is to see them. */
export function wasStarted(actor: AnyActorRef): boolean {
  const notStarted = 0
  return Reflect.get(actor, '_processingStatus') !== notStarted
}

export function childrenOf(actor: AnyActorRef): readonly AnyActorRef[] {
  const snapshot: unknown = actor.getSnapshot()
  if (!isRecord(snapshot) || !isRecord(snapshot.children)) return []
  return Object.values(snapshot.children).filter(isActor)
}

function isTransition(value: unknown): value is AnyTransitionDefinition {
  return isRecord(value) && 'source' in value && 'eventType' in value
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

/** The transitions of a microstep; `null` where this XState does not tell them. */
export function takenIn(microstep: object): readonly string[] | null {
  const transitions: unknown = Reflect.get(microstep, '_transitions')
  return Array.isArray(transitions) ? transitions.slice(0, mostInList).filter(isTransition).map(keyOf) : null
}

interface Delayed {
  readonly event: string
  readonly delay: number
}

function delayedIn(value: unknown): Delayed | null {
  if (!isRecord(value) || typeof value.delay !== 'number' || !isRecord(value.event)) return null
  return typeof value.event.type === 'string' ? { event: value.event.type, delay: value.delay } : null
}

/** What an action schedules; `null` for all that do something else. */
export function scheduledBy({ type, params }: InspectedActionEvent['action']): Delayed | null {
  return type === 'xstate.raise' ? delayedIn(params) : null
}

/** What an actor waits for already. `startedAt` is wall time, as XState keeps it. */
export function waitsOf(actor: AnyActorRef, now: number): readonly ScheduledWait[] {
  const pending: unknown = Reflect.get(actor.system.getSnapshot(), '_scheduledEvents')
  if (!isRecord(pending)) return []
  const waits = Object.values(pending).flatMap((scheduled) => {
    const delayed = delayedIn(scheduled)
    if (delayed === null || !isRecord(scheduled) || scheduled.source !== actor || scheduled.target !== actor) return []
    const elapsed = typeof scheduled.startedAt === 'number' ? Math.max(0, Date.now() - scheduled.startedAt) : 0
    return [{ ...delayed, since: now - elapsed }]
  })
  return waits.slice(0, mostInList)
}
