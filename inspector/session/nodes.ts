/**
 * The state nodes of a machine, and which of them a state value has active.
 *
 * @module
 */
import type { MachineState } from '../chart/machine.ts'
import { isJson } from './reading.ts'

/** The state itself and all within it, in the order of the document. */
export function everyState<State extends { readonly states: Readonly<Record<string, State>> }>(state: State): State[] {
  return [state, ...Object.values(state.states).flatMap((inner) => everyState(inner))]
}

/** Whether a state is active in a state value. */
export function isActivePath(value: unknown, path: readonly string[]): boolean {
  let within = value
  for (const [index, key] of path.entries()) {
    if (typeof within === 'string') return within === key && index === path.length - 1
    if (!isJson(within) || !Object.hasOwn(within, key)) return false
    within = within[key]
  }
  return true
}

/** The active states, the innermost first and the root last. */
export function activeStates(root: MachineState, value: unknown): MachineState[] {
  const inner = Object.values(root.states).filter((state) => isActivePath(value, state.path))
  return [...inner.flatMap((state) => activeStates(state, value)), root]
}
