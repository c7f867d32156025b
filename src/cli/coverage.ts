/**
 * `statewire coverage`: what test suites have seen of machines, in words, as a badge, and as an exit code.
 *
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises'
import { type CoverageReport, mergeCoverage, openCoverage } from '../../inspector/session/coverage-file.ts'
import { isRefused } from '../../inspector/session/recording.ts'
import { coverageBadge } from '../../inspector/testing/coverage-badge.ts'
import { coverageText } from '../../inspector/testing/coverage-text.ts'
import { type TransitionsTaken, transitionsTaken } from '../../inspector/testing/transitions-taken.ts'
import type { CommandIO } from './command-io.ts'
import type { CoverageOptions } from './coverage-options.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { openOutput } from './output.ts'
import { printableLine } from './printable.ts'
import { usage } from './usage.ts'

/** Reads, prints, draws and judges. Rejects `bad_option` for a file that is no report. */
export async function coverage({ badge, files, label, min }: CoverageOptions, io: CommandIO): Promise<ExitCode> {
  const report = mergeCoverage(...(await Promise.all(files.map(reportIn))))
  const taken = transitionsTaken(report)
  const printed = await print(`${coverageText(report)}${sumOf(taken)}`, io)
  const drawn = badge === undefined ? exitCodes.ended : await writeBadge(coverageBadge(report, { label }), badge, io)
  const isBelow = taken.share * 100 < min
  if (isBelow) io.stderr.write(`statewire: Fewer transitions were taken than the ${min} % of --min.\n`)
  return printed || drawn || (isBelow ? exitCodes.belowMinimum : exitCodes.ended)
}

async function reportIn(file: string): Promise<CoverageReport> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw usage(`${printableLine(file)}: This file cannot be read.`, error)
  })
  const report = openCoverage(text)
  if (isRefused(report)) throw usage(`${printableLine(file)}: ${report.refused}`)
  return report
}

function sumOf({ all, share, taken }: TransitionsTaken): string {
  // 99.9 is not all.
  return all === 0 ? '' : `all: ${Math.floor(share * 100)} % of transitions, ${taken} of ${all}\n`
}

async function print(text: string, { stdout }: CommandIO): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ended
  const output = openOutput(stdout, {
    full() {},
    drained() {},
    // A pipe that is closed early has seen what it wanted.
    ended(how) {
      if (how === 'failed') code = exitCodes.outputFailed
    },
  })
  output.write(text)
  await output.flush()
  return code
}

async function writeBadge(svg: string, file: string, { stderr }: CommandIO): Promise<ExitCode> {
  try {
    await writeFile(file, svg)
    return exitCodes.ended
  } catch {
    stderr.write('statewire: The file of --badge cannot be written.\n')
    return exitCodes.outputFailed
  }
}
