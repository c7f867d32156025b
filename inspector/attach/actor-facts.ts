/**
 * What is told of an actor as it stands. Some of it XState keeps in fields that are not public: each is asked for by name and may be
 * missing.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import { isObject } from '../../src/tabs/shapes.ts'
import { isActor } from '../chart/inspection.ts'
import { bounds } from '../protocol/bounds.ts'
import type { ActorStatus, LogicKind } from '../protocol/messages.ts'

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

export function statusOf(snapshot: unknown): ActorStatus {
  return isObject(snapshot) && isStatus(snapshot.status) ? snapshot.status : 'active'
}

/** A machine's state are names out of its code. What other logic calls its value is data, and is not told. */
export function factsOf(snapshot: unknown, logic: LogicKind): Facts {
  const status = statusOf(snapshot)
  if (logic !== 'machine' || !isObject(snapshot)) return { status, value: null, tags: noTags }
  const { tags, value } = snapshot
  return {
    status,
    value: value ?? null,
    tags: tags instanceof Set && tags.size > 0 ? [...tags].slice(0, bounds.inList).map(String) : noTags,
  }
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
  if (!isObject(snapshot) || !isObject(snapshot.children)) return []
  return Object.values(snapshot.children).filter(isActor)
}
