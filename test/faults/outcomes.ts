/**
 * How each run of the suite ended. Written down when a run begins, so that one that never comes to its end counts as lost.
 *
 * @module
 */

/** How one run ended. */
export interface Outcome {
  readonly row: string
  /** Whether the fault is one that a connection should get over by itself. */
  retryable: boolean
  reconnected: boolean
  /** The log was complete, or the loss was said. */
  recovered: boolean
  /** Milliseconds from `connect` to `connected`; `null` when that never came. */
  connectTime: number | null
}

const runs = new Set<Outcome>()

/** A run that has come to nothing yet. */
export function beginOutcome(row: string): Outcome {
  const outcome = { row, retryable: true, reconnected: false, recovered: false, connectTime: null }
  runs.add(outcome)
  return outcome
}

/** Not a run after all: a mere target of others, or an application that gave up on purpose. */
export function dropOutcome(outcome: Outcome): void {
  runs.delete(outcome)
}

export function outcomes(): readonly Outcome[] {
  return [...runs]
}
