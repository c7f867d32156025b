/**
 * What a page's actors are doing, in one word. Read from their snapshots when it is asked for: nothing is subscribed to, so that an
 * event costs nothing, and an error that nobody handles stays one that nobody handles.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import { findRegistry } from '../../src/manager/registries.ts'
import type { Attachable } from '../attach/attach.ts'
import { isManager } from '../attach/manager-watch.ts'
import { isActor } from '../chart/inspection.ts'
import { type Phase, phaseOf } from '../chart/phase.ts'

const gravestFirst: readonly Phase[] = ['failed', 'degraded', 'pending', 'paused', 'online']

function actorsOf(given: Attachable): readonly AnyActorRef[] {
  const actor = isActor(given) ? given : given.actor
  if (!isManager(actor)) return [actor]
  return (findRegistry(actor)?.places() ?? []).map((place) => place.current())
}

function phaseOfActor(actor: AnyActorRef): Phase {
  const { status, value, tags }: { status: string; value?: unknown; tags?: unknown } = actor.getSnapshot()
  return phaseOf({ status, value, tags: tags instanceof Set ? tags : new Set() })
}

/** The gravest of all; of a manager its connections count. */
export function phaseAmong(all: Iterable<Attachable>): Phase {
  const phases = new Set([...all].flatMap(actorsOf).map(phaseOfActor))
  return gravestFirst.find((phase) => phases.has(phase)) ?? 'idle'
}
