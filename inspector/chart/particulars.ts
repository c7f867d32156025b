/**
 * A transition in full, in words: where it really starts and ends, on what condition, and what it does on the way.
 *
 * @module
 */
import { labelOf, spokenLabel, transitionKey, transitionsOf } from './labels.ts'
import type { Machine, MachineState, MachineTransition } from './machine.ts'
import { actionName, type ChartLabel, everyState } from './model.ts'

export interface Particulars {
  /** As `transitionKey` gives it. */
  readonly key: string
  readonly kind: ChartLabel['kind']
  /** The bright words: an event name, a delay, the id of an invoked actor. */
  readonly text: string
  /** When it is taken, as one says it: `when dial fails`. */
  readonly when: string
  /** The path of the state it leaves; the machine's own name for its root. */
  readonly from: string
  /** The paths of the states it enters; `null` when it stays where it is. */
  readonly to: string | null
  /** Leaves and enters anew also what it could have stayed in. */
  readonly reenters: boolean
  /** `null` without one; `unnamed` for one that was written in place. */
  readonly guard: string | null
  /** In the order in which they run. */
  readonly actions: readonly string[]
}

function pathOf(state: MachineState): string {
  return state.path.length === 0 ? state.key : state.path.join('.')
}

/** What a definition that was told calls a function without a name, and what XState calls its own. */
function shortName(action: unknown): string {
  const [name = 'inline'] = actionName(action)
  return name === 'inline' ? 'unnamed' : name.replace(/^xstate\./, '')
}

function particularsOf(transition: MachineTransition): Particulars {
  const { target, actions, reenter } = transition
  const label = labelOf(transition, target?.[0]?.id ?? null)
  return {
    key: transitionKey(transition),
    kind: label.kind,
    text: label.text,
    when: spokenLabel({ ...label, guard: null }),
    from: pathOf(transition.source),
    to: target === undefined ? null : target.map(pathOf).join(', '),
    reenters: target !== undefined && reenter === true,
    guard: label.guard === '?' || label.guard === 'inline' ? 'unnamed' : label.guard,
    actions: actions.map(shortName),
  }
}

/**
 * All transitions of a machine, by `transitionKey`.
 *
 * @example
 * allParticulars(lamp).get('lamp.off press 0')?.to // 'on'
 */
export function allParticulars(machine: Machine): ReadonlyMap<string, Particulars> {
  const all = everyState(machine.root).flatMap(transitionsOf).map(particularsOf)
  return new Map(all.map((particulars) => [particulars.key, particulars]))
}
