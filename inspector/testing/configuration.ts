/**
 * What a microstep really takes, leaves and enters. XState tells the transitions that its event has enabled; where two of them
 * would leave the same states only one is taken, and which states are entered again it does not tell at all.
 *
 * @module
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'

/** The states of a machine that are active, containers and root included, and what its history states remember. */
export interface Configuration {
  readonly nodes: readonly AnyStateNode[]
  readonly history: Readonly<Record<string, readonly AnyStateNode[]>>
}

type History = Configuration['history']

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

function leadingTo(state: AnyStateNode, history: History): readonly AnyStateNode[] {
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
type Concerns = (state: AnyStateNode) => boolean

const nothing: Concerns = () => false

function leavesOf(transition: AnyTransitionDefinition, history: History): Concerns {
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

/** What a history state brings back is entered even where it was not left: that is how XState does it. */
function revivesOf({ target }: AnyTransitionDefinition, history: History): Concerns {
  const revived = (target ?? []).filter(({ type }) => type === 'history')
  if (revived.length === 0) return nothing
  return (state) =>
    revived.some(
      (past) => (past.parent !== undefined && isWithin(state, past.parent)) || leadingTo(past, history).includes(state),
    )
}

/** The states that are entered, those that are left and entered again included. */
export function enteredBy(
  taken: readonly AnyTransitionDefinition[],
  before: Configuration,
  nodes: readonly AnyStateNode[],
): readonly AnyStateNode[] {
  if (nodes === before.nodes && taken.every(({ target }) => target === undefined)) return []
  const all = taken.flatMap((transition) => [
    leavesOf(transition, before.history),
    revivesOf(transition, before.history),
  ])
  return nodes.filter((state) => !before.nodes.includes(state) || all.some((isEntered) => isEntered(state)))
}

/** The states in which a machine begins, before anything is taken. */
export function initialNodes(state: AnyStateNode): readonly AnyStateNode[] {
  const inner =
    state.type === 'parallel'
      ? Object.values(state.states).filter(({ type }) => type !== 'history')
      : state.type === 'compound'
        ? state.initial.target.flatMap((target) => leadingTo(target, {}))
        : []
  return [state, ...inner.flatMap(initialNodes)]
}
