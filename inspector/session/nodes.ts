/**
 * Which state nodes of a machine a state value has active.
 *
 * @module
 */
import type { MachineState } from '../chart/machine.ts'
import { isJson } from './reading.ts'

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
