/**
 * The counts of one machine: of all its actors, whichever copy of it they run.
 *
 * @module
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { transitionKey } from '../chart/labels.ts'
import { type Configuration, takenOf } from '../chart/taken.ts'
import type { Counts, MachineCounts } from '../session/coverage-file.ts'
import { enteredBy } from './entered.ts'
import { type Counter, KnownSteps, type Step } from './known-steps.ts'
import { Refusals } from './refusals.ts'

class Counters {
  readonly #byKey = new Map<string, Counter>()

  of(key: string): Counter {
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const made = { times: 0 }
    this.#byKey.set(key, made)
    return made
  }

  get counts(): Counts {
    return Object.fromEntries([...this.#byKey].flatMap(([key, { times }]) => (times === 0 ? [] : [[key, times]])))
  }

  /** Those who count hold on to their counters. */
  clear(): void {
    for (const counter of this.#byKey.values()) counter.times = 0
  }
}

/** By definition. */
export class Tally {
  readonly entered = new Counters()
  readonly taken = new Counters()
  readonly refused = new Counters()
  actors = 0
  readonly #identity: Pick<MachineCounts, 'hash' | 'name' | 'definition'>

  constructor(identity: Pick<MachineCounts, 'hash' | 'name' | 'definition'>) {
    this.#identity = identity
  }

  get counts(): MachineCounts {
    const { actors, entered, refused, taken } = this
    return {
      ...this.#identity,
      actors,
      states: entered.counts,
      transitions: taken.counts,
      refused: refused.counts,
    }
  }

  clear(): void {
    this.actors = 0
    for (const counters of [this.entered, this.taken, this.refused]) counters.clear()
  }
}

/** Counts what the actors of one copy of a machine do. */
export class MachineCounter {
  readonly #tally: Tally
  readonly #refusals: Refusals
  readonly #steps = new KnownSteps()
  readonly #rests = new KnownSteps()
  /** Of the step that is being found out. */
  #found: Counter[] = []

  constructor(machine: AnyStateMachine, tally: Tally) {
    this.#tally = tally
    this.#refusals = new Refusals(machine, (transition) => {
      this.#found.push(tally.refused.of(transitionKey(transition)))
    })
  }

  begin(nodes: readonly AnyStateNode[]): void {
    this.#tally.actors += 1
    for (const counter of this.#enteredOf(nodes)) counter.times += 1
  }

  step(
    type: string,
    enabled: readonly AnyTransitionDefinition[],
    before: Configuration,
    nodes: readonly AnyStateNode[],
  ): void {
    const step: Step = { type, enabled, before: before.nodes, after: nodes }
    if (this.#steps.count(step)) return
    const [first] = enabled
    this.#found = []
    if (first?.eventType === '') this.#refusals.eventless(before.nodes, enabled)
    else this.#refusals.event(type, before, enabled)
    const taken = takenOf(enabled, before)
    for (const transition of taken) this.#found.push(this.#tally.taken.of(transitionKey(transition)))
    if (first !== undefined) this.#found.push(...this.#enteredOf(enteredBy(taken, before, nodes)))
    this.#keep(this.#steps, step)
  }

  /** Nothing is taken any more without an event. */
  rest(nodes: readonly AnyStateNode[]): void {
    if (!this.#refusals.looksByItself) return
    const step: Step = { type: '', enabled: nothing, before: nodes, after: nodes }
    if (this.#rests.count(step)) return
    this.#found = []
    this.#refusals.eventless(nodes, nothing)
    this.#keep(this.#rests, step)
  }

  #keep(steps: KnownSteps, step: Step): void {
    for (const counter of this.#found) counter.times += 1
    steps.keep(step, this.#found)
  }

  /** The root is no state that anybody enters. */
  #enteredOf(nodes: readonly AnyStateNode[]): readonly Counter[] {
    return nodes.flatMap(({ id, parent }) => (parent === undefined ? [] : [this.#tally.entered.of(id)]))
  }
}

const nothing: readonly never[] = []
