/**
 * What a microstep enters, also of what it has left: that XState does not tell.
 *
 * @module
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { type Concerns, type Configuration, isWithin, leadingTo, leavesOf, nothing } from '../chart/taken.ts'

/** What a history state brings back is entered even where it was not left: that is how XState does it. */
function revivesOf({ target }: AnyTransitionDefinition, history: Configuration['history']): Concerns {
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
