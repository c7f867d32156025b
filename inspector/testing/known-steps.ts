/**
 * What the steps of a machine add up to: found out once, and after that only counted. A suite takes few different ones, over and over.
 *
 * @module
 */
import type { AnyStateNode, AnyTransitionDefinition } from 'xstate'

export interface Counter {
  times: number
}

export interface Step {
  readonly type: string
  readonly enabled: readonly AnyTransitionDefinition[]
  readonly before: readonly AnyStateNode[]
  readonly after: readonly AnyStateNode[]
}

interface KnownStep extends Step {
  /** One that is there twice counts twice. */
  readonly counters: readonly Counter[]
}

/** Of each transition, or event that is not taken: more would be found more slowly than found out. */
const mostOfKind = 16
/** Names of events come from everywhere. */
const mostKinds = 2_000

const none: readonly KnownStep[] = []

function isSame<Item>(one: readonly Item[], other: readonly Item[]): boolean {
  if (one === other) return true
  if (one.length !== other.length) return false
  // The innermost states stand last, and they are what differs.
  for (let index = one.length - 1; index >= 0; index--) if (one[index] !== other[index]) return false
  return true
}

/** What a history state remembers decides too, and is not compared. */
function mayDiffer({ target }: AnyTransitionDefinition): boolean {
  return target?.some(({ type }) => type === 'history') ?? false
}

/** Of one copy of a machine. */
export class KnownSteps {
  readonly #byKind = new Map<AnyTransitionDefinition | string, KnownStep[]>()

  /** Counts it; answers whether it was known. */
  count({ after, before, enabled, type }: Step): boolean {
    for (const step of this.#byKind.get(enabled[0] ?? type) ?? none) {
      if (step.type !== type || !isSame(step.enabled, enabled)) continue
      if (!isSame(step.before, before) || !isSame(step.after, after)) continue
      for (const counter of step.counters) counter.times += 1
      return true
    }
    return false
  }

  /** From now on it is known, as far as there is room. */
  keep(step: Step, counters: readonly Counter[]): void {
    if (step.enabled.some(mayDiffer)) return
    const kind = step.enabled[0] ?? step.type
    const known = this.#byKind.get(kind)
    if (known === undefined) {
      if (this.#byKind.size < mostKinds) this.#byKind.set(kind, [{ ...step, counters }])
    } else if (known.length < mostOfKind) known.push({ ...step, counters })
  }
}
