/**
 * The counts of one machine: of all its actors, whichever copy of it they run.
 *
 * @module
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { transitionKey } from '../chart/labels.ts'
import type { Counts, MachineCounts } from '../session/coverage-file.ts'
import { type Configuration, enteredBy, takenOf } from './configuration.ts'
import { Refusals } from './refusals.ts'

interface Counter {
  times: number
}

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

/** Looks counters up by the objects of one copy of a machine: `provide` makes another with the same definition. */
class Lookup<Subject extends object> {
  readonly #known = new WeakMap<Subject, Counter>()
  readonly #find: (subject: Subject) => Counter

  constructor(find: (subject: Subject) => Counter) {
    this.#find = find
  }

  add(subject: Subject): void {
    const known = this.#known.get(subject)
    if (known !== undefined) {
      known.times += 1
      return
    }
    const counter = this.#find(subject)
    this.#known.set(subject, counter)
    counter.times += 1
  }
}

/** Counts what the actors of one copy of a machine do. */
export class MachineCounter {
  readonly #tally: Tally
  readonly #entered: Lookup<AnyStateNode>
  readonly #taken: Lookup<AnyTransitionDefinition>
  readonly #refusals: Refusals

  constructor(machine: AnyStateMachine, tally: Tally) {
    this.#tally = tally
    this.#entered = new Lookup(({ id }) => tally.entered.of(id))
    this.#taken = new Lookup((transition) => tally.taken.of(transitionKey(transition)))
    const refused = new Lookup<AnyTransitionDefinition>((transition) => tally.refused.of(transitionKey(transition)))
    this.#refusals = new Refusals(machine, (transition) => refused.add(transition))
  }

  begin(nodes: readonly AnyStateNode[]): void {
    this.#tally.actors += 1
    this.#enter(nodes)
  }

  step(
    type: string,
    enabled: readonly AnyTransitionDefinition[],
    before: Configuration,
    nodes: readonly AnyStateNode[],
  ): void {
    const [first] = enabled
    if (first?.eventType === '') this.#refusals.eventless(before.nodes, enabled)
    else this.#refusals.event(type, before.nodes, enabled)
    if (first === undefined) return
    const taken = takenOf(enabled, before)
    for (const transition of taken) this.#taken.add(transition)
    this.#enter(enteredBy(taken, before, nodes))
  }

  /** Nothing is taken any more without an event. */
  rest(nodes: readonly AnyStateNode[]): void {
    this.#refusals.eventless(nodes, nothing)
  }

  #enter(nodes: readonly AnyStateNode[]): void {
    for (const state of nodes) if (state.parent !== undefined) this.#entered.add(state)
  }
}

const nothing: readonly never[] = []
