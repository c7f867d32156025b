/**
 * What the guards of a machine have answered, as far as the transitions taken tell it. Guards often ask what no recording
 * has: a clock, the network, an error's class.
 *
 * @module
 */
import { transitionKey } from '../chart/labels.ts'
import type { Machine, MachineState, MachineTransition } from '../chart/machine.ts'
import { everyState } from '../chart/model.ts'
import { hears } from './infer.ts'
import { isActivePath } from './nodes.ts'

/** By the guard's name. */
export type GuardAnswers = Readonly<Record<string, boolean>>

type Candidates = readonly MachineTransition[]

/** An inline guard is known by no name, so that nobody can answer for it. */
function nameOf({ guard }: MachineTransition): string | undefined {
  const type: unknown = typeof guard === 'object' && guard !== null && 'type' in guard ? guard.type : guard
  return typeof type === 'string' && type !== '?' && type !== 'inline' ? type : undefined
}

/** Answers that contradict each other within one step are none: then the guard itself has to be asked. */
class Answers {
  readonly #given = new Map<string, boolean | 'both'>()

  add(transition: MachineTransition, answer: boolean): void {
    const name = nameOf(transition)
    if (name === undefined) return
    const known = this.#given.get(name)
    this.#given.set(name, known === undefined || known === answer ? answer : 'both')
  }

  get all(): GuardAnswers {
    return Object.fromEntries([...this.#given].flatMap(([name, answer]) => (answer === 'both' ? [] : [[name, answer]])))
  }
}

/** Of one machine. */
export class GuardOracle {
  readonly #states: readonly MachineState[]
  readonly #candidates = new Map<string, { readonly transition: MachineTransition; readonly among: Candidates }>()

  constructor(machine: Machine) {
    this.#states = everyState(machine.root)
    for (const state of this.#states) {
      for (const among of [...state.transitions.values(), state.always ?? []]) {
        for (const transition of among) this.#candidates.set(transitionKey(transition), { transition, among })
      }
    }
  }

  /**
   * @param before the state value in which the event came.
   * @param taken as in `transitionKey` of the chart.
   */
  answers(before: unknown, type: string, taken: readonly string[]): GuardAnswers {
    const answers = new Answers()
    const found = taken.flatMap((key) => this.#candidates.get(key) ?? [])
    for (const { transition, among } of found) {
      for (const refused of among.slice(0, among.indexOf(transition))) answers.add(refused, false)
      answers.add(transition, true)
    }
    for (const state of this.#states) {
      const isAsked = !found.some(({ transition }) => state.path.every((key, at) => transition.source.path[at] === key))
      if (!isAsked || !isActivePath(before, state.path)) continue
      for (const [descriptor, among] of state.transitions) {
        if (hears(descriptor, type)) for (const refused of among) answers.add(refused, false)
      }
    }
    return answers.all
  }
}
