/**
 * A whole coverage report in one figure.
 *
 * @module
 */
import { coverageOfReport } from '../session/coverage.ts'
import type { CoverageReport } from '../session/coverage-file.ts'

export interface TransitionsTaken {
  /** How many transitions all machines have. */
  readonly all: number
  readonly taken: number
  /** From 0 to 1; 0 where there is none. */
  readonly share: number
}

/**
 * How many of all transitions of all machines were taken at least once.
 *
 * @example
 * if (transitionsTaken(report).share < 0.8) process.exitCode = 1
 */
export function transitionsTaken(report: CoverageReport): TransitionsTaken {
  const seen = coverageOfReport(report).flatMap(({ coverage }) => coverage ?? [])
  const all = seen.reduce((sum, { transitions }) => sum + transitions.length, 0)
  const never = seen.reduce((sum, { neverTaken }) => sum + neverTaken.length, 0)
  return { all, taken: all - never, share: all === 0 ? 0 : (all - never) / all }
}
