/**
 * What a microstep really takes. XState tells the transitions that its event has enabled; where two of them would leave the same
 * states only one is taken.
 *
 * @module
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { isObject } from '../../src/tabs/shapes.ts'
import type { Inspected } from './inspection.ts'

/** The states of a machine that are active, containers and root included, and what its history states remember. */
export interface Configuration {
  readonly nodes: readonly AnyStateNode[]
  readonly history: Readonly<Record<string, readonly AnyStateNode[]>>
  /** The same as a state value; `null` of a beginning. */
  readonly value: unknown
}

type History = Configuration['history']

const noHistory: History = {}

/** Of a machine's snapshot. `_nodes` is an underscore field: `null` where a later XState has none. */
export function configurationOf(snapshot: unknown): Configuration | null {
  if (!isObject(snapshot) || !Array.isArray(snapshot._nodes)) return null
  const { historyValue, _nodes, value } = snapshot
  return { nodes: _nodes, history: isObject(historyValue) ? (historyValue as History) : noHistory, value }
}

export function isWithin(state: AnyStateNode, container: AnyStateNode): boolean {
  for (let above = state.parent; above !== undefined; above = above.parent) if (above === container) return true
  return false
}

function stateAt(from: AnyStateNode, target: string): AnyStateNode | undefined {
  if (target.startsWith('#')) return from.machine.getStateNodeById(target)
  return target.split('.').reduce<AnyStateNode | undefined>((state, key) => state?.states[key], from)
}

/** Where a history state leads that remembers nothing yet. */
function defaultOf(state: AnyStateNode): readonly AnyStateNode[] {
  const { parent } = state
  if (parent === undefined) return []
  const given: unknown = state.config.target
  const targets = Array.isArray(given) ? given : given === undefined ? [] : [given]
  if (targets.length > 0) return targets.flatMap((target) => stateAt(parent, String(target)) ?? [])
  return parent.type === 'parallel' ? [parent] : parent.initial.target
}

export function leadingTo(state: AnyStateNode, history: History): readonly AnyStateNode[] {
  if (state.type !== 'history') return [state]
  return history[state.id] ?? defaultOf(state).flatMap((target) => leadingTo(target, history))
}

function ancestorsOf(state: AnyStateNode): readonly AnyStateNode[] {
  return state.parent === undefined ? [] : [state.parent, ...ancestorsOf(state.parent)]
}

/** The state that stays while everything within it is left; `null` where even the root is left. */
function domainOf({ reenter, source, target }: AnyTransitionDefinition, history: History): AnyStateNode | null {
  const targets = (target ?? []).flatMap((state) => leadingTo(state, history))
  if (!reenter && targets.every((state) => state === source || isWithin(state, source))) return source
  const [first, ...others] = [...targets, source]
  const common = ancestorsOf(first ?? source).find((above) => others.every((state) => isWithin(state, above)))
  if (common !== undefined) return common
  return reenter ? null : source.machine.root
}

/** Whether taking a transition does something to this state. */
export type Concerns = (state: AnyStateNode) => boolean

export const nothing: Concerns = () => false

/** The states that a transition leaves. */
export function leavesOf(transition: AnyTransitionDefinition, history: History): Concerns {
  if (transition.target === undefined || transition.target.length === 0) return nothing
  const domain = domainOf(transition, history)
  if (domain === null) return () => true
  const itself = transition.reenter && transition.source === domain
  return (state) => isWithin(state, domain) || (itself && state === domain)
}

/** By XState's rule: an inner transition goes before an outer one, else the first of them is taken. */
export function takenOf(
  enabled: readonly AnyTransitionDefinition[],
  { nodes, history }: Configuration,
): readonly AnyTransitionDefinition[] {
  if (enabled.length < 2) return enabled
  const taken = new Map<AnyTransitionDefinition, Concerns>()
  for (const transition of enabled) {
    const leaves = leavesOf(transition, history)
    const rivals = [...taken].filter(([, other]) => nodes.some((state) => leaves(state) && other(state)))
    if (rivals.some(([rival]) => !isWithin(transition.source, rival.source))) continue
    for (const [rival] of rivals) taken.delete(rival)
    taken.set(transition, leaves)
  }
  return [...taken.keys()]
}

function initialNodes(state: AnyStateNode): readonly AnyStateNode[] {
  const inner =
    state.type === 'parallel'
      ? Object.values(state.states).filter(({ type }) => type !== 'history')
      : state.type === 'compound'
        ? state.initial.target.flatMap((target) => leadingTo(target, {}))
        : []
  return [state, ...inner.flatMap(initialNodes)]
}

/** The states in which a machine begins, with nothing to remember. */
export function beginningOf(root: AnyStateNode): Configuration {
  return { nodes: initialNodes(root), history: noHistory, value: null }
}

/** Reads of XState's records what was really taken; for each observer one, from when it begins to listen. */
export class Microsteps {
  /** By actor, its snapshot after the newest one: the actor itself has the one from before its event. */
  readonly #newest = new WeakMap<object, unknown>()

  /** The record without the transitions that another one has kept from being taken. */
  settled(inspected: Inspected): Inspected {
    const { actorRef, type, _transitions: enabled } = inspected
    if (type !== '@xstate.microstep' || !isObject(actorRef) || !Array.isArray(enabled)) return inspected
    const before = enabled.length < 2 ? null : (configurationOf(this.#newest.get(actorRef)) ?? standingOf(actorRef))
    this.#newest.set(actorRef, inspected.snapshot)
    return before === null ? inspected : { ...inspected, _transitions: takenOf(enabled, before) }
  }
}

/** Where it stands, as far as it was not heard; one that is being made stands in its initial states. */
function standingOf(actor: Readonly<Record<string, unknown>>): Configuration | null {
  const now = typeof actor.getSnapshot === 'function' ? configurationOf(actor.getSnapshot()) : null
  if (now !== null || !isObject(actor.logic)) return now
  const { root } = actor.logic
  return isObject(root) ? beginningOf(root as unknown as AnyStateNode) : null
}
