/**
 * Charts as files: an SVG picture or a Mermaid text of any XState machine, in Node and in the browser, without drawing it first.
 *
 * @module
 */
import type { AnyStateMachine } from 'xstate'
import { layColumns } from '../chart/columns.ts'
import { foldCommon } from '../chart/condense.ts'
import { chartModel } from '../chart/model.ts'
import { describe } from './describe.ts'
import { mermaidOf } from './mermaid.ts'
import type { Theme } from './style-sheet.ts'
import { svgOf } from './svg.ts'

export type { Theme } from './style-sheet.ts'

/** What a chart is exported as. */
export type ExportOptions =
  | {
      readonly format: 'svg'
      /** `auto` follows the reader's system. Default `auto`. */
      readonly theme?: Theme | undefined
      /**
       * `full` draws every state and every transition. `compact` draws the ways between the top-level states, what is inside
       * those as pills, and of several transitions between the same two the first and a number. Default `full`.
       */
      readonly density?: 'full' | 'compact' | undefined
    }
  | { readonly format: 'mermaid' }

/**
 * Draws a machine without a browser. The machine is not started. An SVG is one file without scripts, fonts or addresses, with
 * its words in `title` and `desc`; Mermaid's text is a `stateDiagram-v2`.
 *
 * @param machine - any machine of XState 5
 *
 * @example
 * await writeFile('lamp.svg', exportChart(lampMachine, { format: 'svg', theme: 'auto' }))
 */
export function exportChart(machine: AnyStateMachine, options: ExportOptions): string {
  const model = chartModel(machine)
  const folded = foldCommon(model)
  if (options.format === 'mermaid') return mermaidOf(folded)
  return svgOf(layColumns(model, { density: options.density }), folded, options.theme ?? 'auto', describe(model))
}
