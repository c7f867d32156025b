/**
 * An app that tells what one of its machines does: real XState, time by hand, messages as the contract has them.
 *
 * @module
 */
import { type AnyStateMachine, type AnyTransitionDefinition, createActor, SimulatedClock } from 'xstate'
import { transitionKey } from '../../../inspector/chart/labels.ts'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'
import { isRefused, openRecording } from '../../../inspector/session/recording.ts'
import { createSession, type Session } from '../../../inspector/session/session.ts'

export const hello = { kind: 'hello', protocol: 1, name: 'chat', runtime: 'node', epoch: 1_700_000_000_000 } as const

/** A machine's configuration as an app tells it: functions are their names. */
export function definitionOf(machine: AnyStateMachine): string {
  return JSON.stringify(machine.config, (_, value: unknown) =>
    typeof value === 'function' ? value.name || 'inline' : value,
  )
}

/** A session that has heard these messages of the app `chat#1`. */
export function sessionOf(...messages: readonly AppMessage[]): Session {
  const session = createSession()
  session.apply({ app: 'chat#1', messages })
  return session
}

export const app = 'chat#1'

/** A session that shows the recording in a text, under a key. */
export function reopened(text: string): { readonly session: Session; readonly key: string } {
  const recording = openRecording(text)
  if (isRefused(recording)) throw new Error(recording.refused)
  const session = createSession()
  return { session, key: session.open(recording) }
}

interface Options {
  readonly input?: unknown
  /** Told with the steps, or `null` in their place, as other adapters do. Default `true`. */
  readonly exact?: boolean | undefined
}

/** Runs a machine; `messages` fills with what it tells. */
export function telling(machine: AnyStateMachine, { input, exact = true }: Options = {}) {
  const clock = new SimulatedClock()
  const messages: AppMessage[] = [hello, { kind: 'definition', hash: 'd1', json: definitionOf(machine) }]
  let seq = 0
  let because = 0
  let taken: string[] = []
  const actor = createActor(machine, { clock, input, id: machine.id })
  actor.system.inspect((inspected) => {
    if (inspected.actorRef !== actor) return
    const t = clock.now()
    if (inspected.type === '@xstate.event' && inspected.event.type !== 'xstate.init') {
      because = ++seq
      messages.push({ kind: 'event', seq, t, actor: 'a1', source: null, type: inspected.event.type })
    }
    if (inspected.type === '@xstate.microstep') {
      const transitions = Reflect.get(inspected, '_transitions') as AnyTransitionDefinition[]
      taken.push(...transitions.map(transitionKey))
    }
    if (inspected.type === '@xstate.action' && inspected.action.type === 'xstate.raise') {
      const params = inspected.action.params as unknown as { event: { type: string }; delay?: number }
      if (params.delay !== undefined) {
        messages.push({ kind: 'timer', t, actor: 'a1', event: params.event.type, delay: params.delay, since: t })
      }
    }
    if (inspected.type === '@xstate.snapshot') {
      const { value, tags, status } = actor.getSnapshot()
      const standing = { actor: 'a1', t, value, tags: [...tags], status }
      if (inspected.event.type === 'xstate.init') {
        const identity = { parent: null, name: machine.id, logic: 'machine', definition: 'd1', waits: [] } as const
        // Waits that began with the machine have been told before the machine itself.
        const waits = messages.filter((message) => message.kind === 'timer')
        messages.push({ kind: 'actor', ...standing, ...identity, waits })
      } else messages.push({ kind: 'step', ...standing, seq: ++seq, because, taken: exact ? taken : null })
      taken = []
    }
  })
  actor.start()
  return { actor, clock, messages, session: () => sessionOf(...messages) }
}
