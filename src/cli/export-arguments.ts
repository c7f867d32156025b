/**
 * From the arguments behind `export` to its options.
 *
 * @module
 */
import { chartNames, type ExportOptions, themes } from './export-options.ts'
import { parseOptions, usage } from './usage.ts'

const config = {
  allowPositionals: true,
  options: {
    svg: { type: 'boolean' },
    mermaid: { type: 'boolean' },
    theme: { type: 'string' },
    compact: { type: 'boolean' },
    out: { type: 'string', short: 'o' },
    help: { type: 'boolean', short: 'h' },
  },
} as const

/** The options; `null` when help was asked for. Throws `bad_option`. */
export function readExport(args: readonly string[]): ExportOptions | null {
  const { values, positionals } = parseOptions({ ...config, args: [...args] })
  if (values.help === true) return null
  const [name, ...rest] = positionals
  const chart = chartNames.find((candidate) => candidate === name)
  if (chart === undefined || rest.length > 0) throw usage(`statewire export takes one chart: ${chartNames.join(', ')}.`)
  if (values.out === '') throw usage('Option --out needs a path.')
  return { chart, drawing: drawingOf(values), out: values.out }
}

interface Asked {
  readonly svg?: boolean | undefined
  readonly mermaid?: boolean | undefined
  readonly theme?: string | undefined
  readonly compact?: boolean | undefined
}

function drawingOf({ svg, mermaid, theme = 'auto', compact }: Asked): ExportOptions['drawing'] {
  if ((svg === true) === (mermaid === true)) throw usage('statewire export needs one of --svg and --mermaid.')
  const known = themes.find((candidate) => candidate === theme)
  if (known === undefined) throw usage(`Option --theme is one of ${themes.join(', ')}.`)
  if (svg === true) return { format: 'svg', theme: known, density: compact === true ? 'compact' : 'full' }
  if (theme !== 'auto' || compact === true) throw usage('Options --theme and --compact need --svg.')
  return { format: 'mermaid' }
}
