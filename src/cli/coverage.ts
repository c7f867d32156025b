/**
 * `statewire coverage`: what test suites have seen of machines, in words, as a badge, and as an exit code.
 *
 * @module
 */
import { readFile } from 'node:fs/promises'
import { type CoverageReport, mergeCoverage, openCoverage } from '../../inspector/session/coverage-file.ts'
import { wholePercent } from '../../inspector/session/percent.ts'
import { isRefused } from '../../inspector/session/recording.ts'
import { coverageBadge } from '../../inspector/testing/coverage-badge.ts'
import { coverageText } from '../../inspector/testing/coverage-text.ts'
import { type TransitionsTaken, transitionsTaken } from '../../inspector/testing/transitions-taken.ts'
import type { CommandIO } from './command-io.ts'
import type { CoverageOptions } from './coverage-options.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { printableLine } from './printable.ts'
import { usage } from './usage.ts'
import { toFile, toStdout } from './whole-text.ts'

/** Reads, prints, draws and judges. Rejects `bad_option` for a file that is no report. */
export async function coverage({ badge, files, label, min }: CoverageOptions, io: CommandIO): Promise<ExitCode> {
  const report = mergeCoverage(...(await Promise.all(files.map(reportIn))))
  const taken = transitionsTaken(report)
  const printed = await toStdout(`${coverageText(report)}${sumOf(taken)}`, io)
  const drawn =
    badge === undefined ? exitCodes.ended : await toFile(coverageBadge(report, { label }), badge, '--badge', io)
  const isBelow = taken.share * 100 < min
  if (isBelow) io.stderr.write(`statewire: Fewer transitions were taken than the ${min} % of --min.\n`)
  return printed || drawn || (isBelow ? exitCodes.belowMinimum : exitCodes.ended)
}

async function reportIn(file: string): Promise<CoverageReport> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    const sentence = isMissing ? 'is not there; coverMachines() in your tests writes it' : 'cannot be read'
    throw usage(`${printableLine(file)}: This file ${sentence}.`, error)
  })
  const report = openCoverage(text)
  if (isRefused(report)) throw usage(`${printableLine(file)}: ${report.refused}`)
  return report
}

function sumOf({ all, share, taken }: TransitionsTaken): string {
  return all === 0 ? '' : `all: ${wholePercent(share)} % of transitions, ${taken} of ${all}\n`
}
