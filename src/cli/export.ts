/**
 * `statewire export CHART`: a chart of this package as a picture or as Mermaid's text.
 *
 * @module
 */
import { exportChart } from '../../inspector/export/index.ts'
import { ownCharts } from '../../inspector/export/own-charts.ts'
import type { CommandIO } from './command-io.ts'
import type { ExitCode } from './exit-codes.ts'
import type { ExportOptions } from './export-options.ts'
import { toFile, toStdout } from './whole-text.ts'

/** Draws, writes, and is done. Never rejects. */
export async function exportTo({ chart, drawing, out }: ExportOptions, io: CommandIO): Promise<ExitCode> {
  const text = exportChart(ownCharts[chart], drawing)
  return out === undefined ? toStdout(text, io) : toFile(text, out, '--out', io)
}
