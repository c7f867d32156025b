/**
 * Whose guards have said no. XState does not tell; it follows from what was enabled, by the order in which XState asks.
 *
 * @module
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate'
import { everyState } from '../chart/model.ts'
import { type Configuration, isWithin } from '../chart/taken.ts'
import { isActivePath } from '../session/nodes.ts'

type Candidates = ReadonlyMap<AnyStateNode, readonly AnyTransitionDefinition[]>

/** Names of events come from everywhere: more than so many are looked up anew each time. */
const mostKnown = 1_000

function hears(descriptor: string, type: string): boolean {
  if (descriptor === type || descriptor === '*') return true
  return descriptor.endsWith('.*') && `${type}.`.startsWith(descriptor.slice(0, -1))
}

/** Its own descriptor first, then the longest. */
function candidatesOf(state: AnyStateNode, type: string): readonly AnyTransitionDefinition[] {
  const heard = [...state.transitions.keys()].filter((descriptor) => hears(descriptor, type))
  const rank = (descriptor: string): number => (descriptor === type ? Number.POSITIVE_INFINITY : descriptor.length)
  return heard.sort((a, b) => rank(b) - rank(a)).flatMap((descriptor) => state.transitions.get(descriptor) ?? [])
}

/** As far as there is a guard to ask. */
function guarded(candidates: Candidates): Candidates | null {
  return [...candidates.values()].flat().some(({ guard }) => guard !== undefined) ? candidates : null
}

/** Of one machine. */
export class Refusals {
  readonly #states: readonly AnyStateNode[]
  readonly #always: Candidates | null
  readonly #byEvent = new Map<string, Candidates | null>()
  readonly #refuse: (transition: AnyTransitionDefinition) => void

  constructor({ root }: AnyStateMachine, refuse: (transition: AnyTransitionDefinition) => void) {
    this.#states = everyState(root)
    const eventless = this.#states.map((state) => [state, state.always ?? []] as const)
    this.#always = guarded(new Map(eventless.filter(([, candidates]) => candidates.length > 0)))
    this.#refuse = refuse
  }

  /** Whether a guard is asked where nobody has sent anything. */
  get looksByItself(): boolean {
    return this.#always !== null
  }

  #candidates(type: string): Candidates | null {
    const known = this.#byEvent.get(type)
    if (known !== undefined) return known
    const all = this.#states.map((state) => [state, candidatesOf(state, type)] as const)
    const made = guarded(new Map(all.filter(([, candidates]) => candidates.length > 0)))
    if (this.#byEvent.size < mostKnown) this.#byEvent.set(type, made)
    return made
  }

  /** An event was taken to the active states. @param enabled by the first guard of each state that did not say no. */
  event(type: string, { nodes, value }: Configuration, enabled: readonly AnyTransitionDefinition[]): void {
    const candidates = this.#candidates(type)
    if (candidates === null) return
    // XState asks by the value. Where two transitions lead into each other's regions its list of states is another one.
    const active = value === null ? nodes : this.#states.filter(({ path }) => isActivePath(value, path))
    const isTakenWithin = (state: AnyStateNode): boolean => {
      let taken = false
      for (const inner of active) if (inner.parent === state && isTakenWithin(inner)) taken = true
      return taken || this.#ask(candidates.get(state), enabled)
    }
    const [root] = this.#states
    if (root !== undefined) isTakenWithin(root)
  }

  /**
   * Transitions without an event were looked for. Of a container whose inside has gone before it nobody knows what it said.
   *
   * @param enabled none where the machine came to rest.
   */
  eventless(nodes: readonly AnyStateNode[], enabled: readonly AnyTransitionDefinition[]): void {
    const always = this.#always
    if (always === null) return
    const answers = new Map<AnyStateNode, boolean>()
    for (const leaf of nodes) {
      if (leaf.type !== 'atomic' && leaf.type !== 'final') continue
      for (let state: AnyStateNode | undefined = leaf; state !== undefined; state = state.parent) {
        const container = state
        const isKnown = !enabled.some(({ source }) => isWithin(source, container))
        const isTaken = answers.get(state) ?? (isKnown && this.#ask(always.get(state), enabled))
        answers.set(state, isTaken)
        if (isTaken) break
      }
    }
  }

  /** Answers whether one of them was enabled. */
  #ask(
    candidates: readonly AnyTransitionDefinition[] | undefined,
    enabled: readonly AnyTransitionDefinition[],
  ): boolean {
    for (const candidate of candidates ?? []) {
      if (enabled.includes(candidate)) return true
      this.#refuse(candidate)
    }
    return false
  }
}
