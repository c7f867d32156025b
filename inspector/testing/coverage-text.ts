/**
 * A coverage report in words, for a terminal or a CI log.
 *
 * @module
 */
import { type Coverage, coverageOfReport, type MachineSeen } from '../session/coverage.ts'
import type { CoverageReport } from '../session/coverage-file.ts'
import { wholePercent } from '../session/percent.ts'

/** Words come from machines: nothing of them moves a cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const controls = /[\u0000-\u001f\u007f-\u009f]/g

function seenOf({ neverEntered, neverTaken, states, transitions }: Coverage): string {
  const entered = `${states.length - neverEntered.length} of ${states.length} states`
  return `${entered}, ${transitions.length - neverTaken.length} of ${transitions.length} transitions`
}

function list(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)]
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function machineLines({ actors, coverage, name }: MachineSeen): readonly string[] {
  if (coverage === null) return [`${name}: its definition cannot be read`]
  const { neverEntered, neverTaken, share, transitions } = coverage
  const never = transitions.filter(({ key }) => neverTaken.includes(key))
  const oneSided = transitions.filter(({ guarded, refused, taken }) => guarded && taken > 0 && refused === 0)
  return [
    `${name}: ${wholePercent(share)} %, ${seenOf(coverage)}, ${actors} ${actors === 1 ? 'actor' : 'actors'}`,
    ...list('never entered', neverEntered),
    ...list(
      'never taken',
      never.map(({ refused, words }) => (refused === 0 ? words : `${words} (guard said no ${times(refused)})`)),
    ),
    ...list(
      'guards that never said no',
      oneSided.map(({ words }) => words),
    ),
  ]
}

/**
 * What was seen of each machine, and what never was.
 *
 * @example
 * console.log(coverageText(coverage.report()))
 */
export function coverageText(report: CoverageReport): string {
  const machines = coverageOfReport(report)
  if (machines.length === 0) return 'No machine was seen.\n'
  const lines = machines.flatMap(machineLines).map((line) => line.replace(controls, '\ufffd'))
  return `${lines.join('\n')}\n`
}
