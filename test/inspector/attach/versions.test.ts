/**
 * Two versions of XState tell the same in other words. The records of version 6, one for each event, are made here out of those
 * of the installed one, so that both can be compared.
 *
 * @module
 */
import { expect, it, vi } from 'vitest'
import { type AnyActor, type AnyTransitionDefinition, createActor, type InspectionEvent } from 'xstate'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'
import { simulatedClock } from '../../../src/testing/clock.ts'
import { inspected, light } from './inspected.ts'

interface Action {
  readonly type: string
  readonly params: unknown
}

/** What version 6 calls `@xstate.transition`. */
interface Transition {
  readonly type: '@xstate.transition'
  readonly rootId: string
  readonly actorRef: unknown
  readonly targetRef: unknown
  readonly sourceRef: unknown
  readonly eventType: string
  readonly event: object
  readonly snapshot: object
  readonly microsteps: readonly AnyTransitionDefinition[]
  readonly actions: readonly Action[]
  readonly sent: readonly object[]
}

/** Makes one record of the four or more that version 5 makes. */
function asVersion6(observe: (transition: Transition) => void): (inspected: InspectionEvent) => void {
  let sourceRef: unknown
  let microsteps: AnyTransitionDefinition[] = []
  let actions: Action[] = []
  return (inspected) => {
    if (inspected.type === '@xstate.event') sourceRef = inspected.sourceRef
    else if (inspected.type === '@xstate.microstep') microsteps.push(...inspected._transitions)
    else if (inspected.type === '@xstate.action') actions.push(inspected.action)
    else if (inspected.type === '@xstate.snapshot') {
      const { actorRef, event, rootId, snapshot } = inspected
      // There a delayed event is something sent, to itself.
      const sent = actions
        .filter(({ type }) => type === 'xstate.raise')
        .map(({ params }) => ({ targetRef: actorRef, targetId: 'light', ...(params as object) }))
      const others = actions.filter(({ type }) => type !== 'xstate.raise')
      const refs = { actorRef, targetRef: actorRef, sourceRef }
      const told = { eventType: event.type, event, snapshot, microsteps, actions: others, sent }
      observe({ type: '@xstate.transition', rootId, ...refs, ...told })
      microsteps = []
      actions = []
    }
  }
}

/** A walk through the machine, as it is told. */
async function walk(version: 5 | 6): Promise<readonly AppMessage[]> {
  const clock = simulatedClock()
  const actor: AnyActor = createActor(light, { clock })
  if (version === 6) {
    const inspect = actor.system.inspect.bind(actor.system)
    vi.spyOn(actor.system, 'inspect').mockImplementation((observer) =>
      inspect(asVersion6((transition) => typeof observer === 'function' && observer(transition as never))),
    )
  }
  const { told } = inspected(actor)
  actor.start()
  actor.send({ type: 'nothing' })
  actor.send({ type: 'go' })
  await clock.advance(500)
  actor.send({ type: 'go' })
  actor.send({ type: 'stop' })
  // Two actors of one process have two names, and begin at two instants.
  const alike = told.filter(({ kind }) => kind !== 'hello')
  return JSON.parse(JSON.stringify(alike).replaceAll(actor.sessionId, 'it'))
}

it('tells of version 6 what it tells of version 5', async () => {
  const told = await walk(6)
  expect(told).toEqual(await walk(5))
  const kinds = told.map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'event')).toHaveLength(6)
  expect(kinds).toEqual(expect.arrayContaining(['timer', 'cancelled', 'gone']))
})
