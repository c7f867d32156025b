/**
 * Which transitions a step has taken. Where the app could not say, it is inferred, and says so.
 *
 * @module
 */
import { transitionKey, transitionsOf as transitionsOfState } from '../chart/labels.ts'
import type { Machine, MachineState, MachineTransition } from '../chart/machine.ts'
import { everyState } from '../chart/model.ts'
import type { StepMessage } from '../protocol/messages.ts'
import { activeStates, isActivePath } from './nodes.ts'
import type { Session } from './session.ts'

export interface Taken {
  /** As in `transitionKey` of the chart. */
  readonly keys: readonly string[]
  /** `true`: these may have been taken; nobody has seen it. Drawn dashed. */
  readonly inferred: boolean
}

/** `dial.*` hears `dial.failed`, `*` hears everything. */
export function hears(descriptor: string, type: string): boolean {
  if (descriptor === type) return true
  if (descriptor === '*') return true
  return descriptor.endsWith('.*') && type.startsWith(descriptor.slice(0, -1))
}

function leadsInto({ target }: MachineTransition, value: unknown): boolean {
  return target === undefined || target.every((state) => isActivePath(value, state.path))
}

function hasTarget({ target }: MachineTransition): boolean {
  return target !== undefined
}

/** The first of each state that qualifies, the innermost states first; an ancestor's only when nothing inside it does. */
function innermost(
  states: readonly MachineState[],
  qualifies: (transition: MachineTransition) => boolean,
): MachineTransition[] {
  const taken: MachineTransition[] = []
  for (const state of [...states].sort((a, b) => b.path.length - a.path.length)) {
    const first = transitionsOfState(state).find(qualifies)
    const isAbove = taken.some(({ source }) => state.path.every((key, depth) => source.path[depth] === key))
    if (first !== undefined && !isAbove) taken.push(first)
  }
  return taken
}

/** Into a state that is left again at once, by an `always`. */
function passingThrough(
  states: readonly MachineState[],
  isHeard: (transition: MachineTransition) => boolean,
  leadsOn: (transition: MachineTransition) => boolean,
): MachineTransition[] {
  const onwards = (transition: MachineTransition): MachineTransition | undefined =>
    (transition.target ?? []).flatMap(everyState).flatMap(transitionsOfState).find(leadsOn)
  const first = innermost(states, (transition) => isHeard(transition) && onwards(transition) !== undefined).slice(0, 1)
  return first.flatMap((transition) => [transition, onwards(transition) ?? []].flat())
}

/**
 * What may have been taken from one state value to another.
 *
 * @param type the event's.
 */
export function inferred(machine: Machine, type: string, before: unknown, after: unknown): readonly string[] {
  const states = activeStates(machine.root, before)
  const isHeard = (transition: MachineTransition): boolean =>
    transition.eventType !== '' && hears(transition.eventType, type)
  const leadsOn = (transition: MachineTransition): boolean =>
    transition.eventType === '' && hasTarget(transition) && leadsInto(transition, after)
  const direct = innermost(states, (transition) => isHeard(transition) && leadsInto(transition, after))
  if (JSON.stringify(before) === JSON.stringify(after)) return direct.map(transitionKey)
  // The value has changed, so that something with a target was taken.
  const moving = innermost(
    states,
    (transition) => isHeard(transition) && hasTarget(transition) && leadsInto(transition, after),
  )
  if (moving.length > 0) return moving.map(transitionKey)
  const through = passingThrough(states, isHeard, leadsOn)
  if (through.length > 0) return through.map(transitionKey)
  return [...direct, ...innermost(states, leadsOn)].map(transitionKey)
}

/** The transitions a step has taken, as facts where the app has told them. */
export function transitionsOf(session: Session, app: string, step: StepMessage): Taken {
  if (step.taken !== null) return { keys: step.taken, inferred: false }
  const before = session.before(app, step)
  const type = session.event(app, step.because)?.type
  const machine = before?.definition ? session.machine(app, before.definition) : null
  if (before === undefined || type === undefined || machine === null) return { keys: [], inferred: true }
  return { keys: inferred(machine, type, before.value, step.value), inferred: true }
}
