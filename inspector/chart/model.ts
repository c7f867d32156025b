/**
 * A machine as plain data: the nodes and edges that a chart draws. No layout, no DOM, no XState object kept.
 *
 * @module
 */
import { labelOf, transitionsOf } from './labels.ts'
import { type ChartEdge, liftAll } from './lift.ts'
import type { Machine, MachineState } from './machine.ts'

export type NodeKind = 'atomic' | 'compound' | 'parallel' | 'final' | 'history'

/** One transition as a chip shows it. */
export interface ChartLabel {
  /** The transitions this chip stands for, each as in {@link transitionKey}. More than one after merging. */
  readonly keys: readonly string[]
  readonly kind: 'event' | 'after' | 'done' | 'error' | 'always'
  /** The bright words: an event name, a delay, the id of an invoked actor. */
  readonly text: string
  readonly guard: string | null
  /** Id of the state the transition really leaves. */
  readonly source: string
  /** The same for all that this chip stands for: it can be taken while one of these is active. */
  readonly sources: readonly string[]
  /** Id of the state it really enters; `null` when it only runs actions. */
  readonly target: string | null
  readonly eventType: string
}

export interface ChartNode {
  readonly id: string
  readonly key: string
  readonly kind: NodeKind
  readonly parent: string | null
  /** In document order, which is the order their author thinks in. */
  readonly children: readonly ChartNode[]
  /** Id of the child entered by default; `null` for leaves and parallel states. */
  readonly initial: string | null
  readonly invokes: readonly string[]
  readonly entry: readonly string[]
  readonly tags: readonly string[]
  /** Transitions that stay here: rows inside the box, not edges. */
  readonly internal: readonly ChartLabel[]
}

export interface ChartModel {
  readonly root: ChartNode
  readonly nodes: ReadonlyMap<string, ChartNode>
  /** Lifted, so that each joins two siblings, or a container with one of its children. */
  readonly edges: readonly ChartEdge[]
}

/** Its name, or nothing where it has none that anybody has written. */
export function actionName(action: unknown): string[] {
  if (typeof action === 'string') return [action]
  if (typeof action === 'object' && action !== null && 'type' in action) return [String(action.type)]
  // XState's own creators return nameless builders that carry a dotted type; an `after` shows up as one named "raise".
  const named = typeof action === 'function' && !('resolve' in action) && action.name !== ''
  return named ? [action.name] : []
}

function nodeOf(state: MachineState): ChartNode {
  const initial = state.type === 'compound' ? (state.initial.target[0]?.id ?? null) : null
  return {
    id: state.id,
    key: state.key,
    kind: state.type,
    parent: state.parent?.id ?? null,
    children: Object.values(state.states).map(nodeOf),
    initial,
    invokes: state.invoke.map((invoke) => (typeof invoke.src === 'string' ? invoke.src : invoke.id)),
    entry: state.entry.flatMap(actionName),
    tags: [...state.tags],
    internal: transitionsOf(state)
      .filter((transition) => transition.target === undefined)
      .map((transition) => labelOf(transition, null)),
  }
}

/** It and all that are in it, outer ones first. */
export function everyState<State extends { readonly states: Readonly<Record<string, State>> }>(state: State): State[] {
  return [state, ...Object.values(state.states).flatMap((inner) => everyState(inner))]
}

function everyNode(node: ChartNode): ChartNode[] {
  return [node, ...node.children.flatMap(everyNode)]
}

/**
 * Reads any XState v5 machine. The machine is not started and not kept.
 *
 * @example
 * const model = chartModel(createMachine({ initial: 'off', states: { off: { on: { flip: 'on' } }, on: {} } }))
 */
export function chartModel(machine: Machine): ChartModel {
  const root = nodeOf(machine.root)
  const nodes = new Map(everyNode(root).map((node) => [node.id, node]))
  const labels = everyState(machine.root).flatMap((state) =>
    transitionsOf(state).flatMap((transition) =>
      (transition.target ?? []).map((target) => labelOf(transition, target.id)),
    ),
  )
  return { root, nodes, edges: liftAll(nodes, labels) }
}

/** The ids of all states that are active in a state value, the root included. */
export function activeStates(model: ChartModel, value: unknown): ReadonlySet<string> {
  const active = new Set<string>()
  const enter = (node: ChartNode, within: unknown): void => {
    active.add(node.id)
    for (const child of node.children) {
      if (within === child.key) enter(child, undefined)
      else if (typeof within === 'object' && within !== null && child.key in within) {
        enter(child, Reflect.get(within, child.key))
      }
    }
  }
  enter(model.root, value)
  return active
}
