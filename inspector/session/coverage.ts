/**
 * Which states were entered and which transitions taken, in one session or in several: what nobody has tried yet shows.
 *
 * @module
 */
import type { AnyStateMachine } from 'xstate'
import { transitionKey, transitionsOf as transitionsOfState } from '../chart/labels.ts'
import type { StepMessage } from '../protocol/messages.ts'
import { transitionsOf } from './infer.ts'
import { everyState } from './nodes.ts'
import type { Session } from './session.ts'
import { activeLeaves } from './words.ts'

/** Where to look. */
export interface Seen {
  readonly session: Session
  readonly app: string
}

export interface Coverage {
  /** In the order of the document, the root left out. */
  readonly states: readonly { readonly id: string; readonly seen: number }[]
  /** `key` as in `transitionKey` of the chart. */
  readonly transitions: readonly { readonly key: string; readonly taken: number }[]
  /** The ids of states that were never entered. */
  readonly neverEntered: readonly string[]
  /** The keys of transitions that were never taken. */
  readonly neverTaken: readonly string[]
  /** By transition key, from 0, never, to 1, the most often; between them by orders of magnitude. */
  readonly heat: ReadonlyMap<string, number>
  /** Of states and transitions, from 0 to 1. */
  readonly share: number
}

/** The dotted paths of all states that are active in a value, containers included. */
function activePaths(value: unknown): ReadonlySet<string> {
  return new Set(activeLeaves(value).flatMap((leaf) => leaf.map((_, depth) => leaf.slice(0, depth + 1).join('.'))))
}

class Tally {
  readonly entered = new Map<string, number>()
  readonly taken = new Map<string, number>()

  #add(counts: Map<string, number>, key: string): void {
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }

  /** What is active now and was not before was entered. */
  enter(before: ReadonlySet<string>, after: ReadonlySet<string>): void {
    for (const path of after) if (!before.has(path)) this.#add(this.entered, path)
  }

  take(keys: readonly string[]): void {
    for (const key of keys) this.#add(this.taken, key)
  }
}

const nothing: ReadonlySet<string> = new Set()

function count(tally: Tally, { session, app }: Seen, hash: string): void {
  const steps = new Map<string, StepMessage[]>()
  for (const entry of session.entries(app)) {
    if (entry.kind !== 'step') continue
    const ofActor = steps.get(entry.actor)
    if (ofActor === undefined) steps.set(entry.actor, [entry])
    else ofActor.push(entry)
  }
  for (const { id, definition, value } of session.actors(app, null)) {
    if (definition !== hash) continue
    const [first, ...more] = steps.get(id) ?? []
    const start = first === undefined ? value : session.before(app, first)?.value
    let active = activePaths(start)
    tally.enter(nothing, active)
    for (const step of first === undefined ? [] : [first, ...more]) {
      const next = activePaths(step.value)
      tally.enter(active, next)
      tally.take(transitionsOf(session, app, step).keys)
      active = next
    }
  }
}

function coverageOf(machine: AnyStateMachine, { entered, taken }: Tally): Coverage {
  const [, ...inner] = everyState(machine.root)
  const nodes = inner.filter(({ type }) => type !== 'history')
  const states = nodes.map(({ id, path }) => ({ id, seen: entered.get(path.join('.')) ?? 0 }))
  const keys = everyState(machine.root).flatMap(transitionsOfState).map(transitionKey)
  const transitions = keys.map((key) => ({ key, taken: taken.get(key) ?? 0 }))
  const most = Math.max(1, ...transitions.map((transition) => transition.taken))
  const warmth = (times: number): number => Math.log1p(times) / Math.log1p(most)
  const neverEntered = states.filter(({ seen }) => seen === 0).map(({ id }) => id)
  const neverTaken = transitions.filter((transition) => transition.taken === 0).map(({ key }) => key)
  const all = states.length + transitions.length
  return {
    states,
    transitions,
    neverEntered,
    neverTaken,
    heat: new Map(transitions.map((transition) => [transition.key, warmth(transition.taken)])),
    share: all === 0 ? 1 : 1 - (neverEntered.length + neverTaken.length) / all,
  }
}

/**
 * What was seen of one machine, by all its actors. States that were passed through within a step are not seen.
 *
 * @returns `null` where none of the sessions knows the machine.
 * @example
 * const covered = coverage([{ session, app }], actor.definition)
 * console.log(covered?.neverTaken)
 */
export function coverage(seen: readonly Seen[], hash: string): Coverage | null {
  const machine = seen.map(({ session, app }) => session.machine(app, hash)).find((found) => found !== null)
  if (machine === undefined) return null
  const tally = new Tally()
  for (const where of seen) count(tally, where, hash)
  return coverageOf(machine, tally)
}
