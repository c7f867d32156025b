/**
 * `statewire/coverage`: which states and transitions of XState machines a test suite has seen, and which it never has.
 *
 * @module
 */
export {
  type Counts,
  type CoverageReport,
  type MachineCounts,
  mergeCoverage,
  openCoverage,
} from '../../inspector/session/coverage-file.ts'
export { isRefused, type Refused } from '../../inspector/session/recording.ts'
export { type BadgeOptions, coverageBadge } from '../../inspector/testing/coverage-badge.ts'
export { coverageText } from '../../inspector/testing/coverage-text.ts'
export { type MachineCoverage, machineCoverage } from '../../inspector/testing/machine-coverage.ts'
export { type TransitionsTaken, transitionsTaken } from '../../inspector/testing/transitions-taken.ts'
