/**
 * `statewire export CHART`: a chart of this package as a picture or as Mermaid's text.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises'
import { exportChart } from '../../inspector/export/index.ts'
import { ownCharts } from '../../inspector/export/own-charts.ts'
import type { CommandIO } from './command-io.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { ExportOptions } from './export-options.ts'

/** Draws, writes, and is done. Never rejects. */
export async function exportTo({ chart, drawing, out }: ExportOptions, io: CommandIO): Promise<ExitCode> {
  const text = exportChart(ownCharts[chart], drawing)
  return out === undefined ? toStdout(text, io) : toFile(text, out, io)
}

/** A pipe that is closed early has seen what it wanted. */
function toStdout(text: string, { stdout }: CommandIO): Promise<ExitCode> {
  return new Promise((resolve) => {
    stdout.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EPIPE' ? exitCodes.ended : exitCodes.outputFailed),
    )
    stdout.write(text, (error) => {
      if (error == null) resolve(exitCodes.ended)
    })
  })
}

async function toFile(text: string, out: string, { stderr }: CommandIO): Promise<ExitCode> {
  try {
    await writeFile(out, text)
    return exitCodes.ended
  } catch {
    stderr.write('statewire: The file of --out cannot be written.\n')
    return exitCodes.outputFailed
  }
}
