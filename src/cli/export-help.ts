/**
 * What `statewire export --help` prints. `docs/charts.md` says the same at length.
 *
 * @module
 */
import { chartNames } from './export-options.ts'

export const exportHelpText = `Usage: statewire export CHART --svg|--mermaid [options]

Draws a chart of this package; CHART is one of
${chartNames.join(', ')}.

Output
      --svg                 one SVG file: no script, no font, its words in title and desc
      --mermaid             a stateDiagram-v2 of Mermaid
  -o, --out FILE            into this file instead of stdout

Look of an SVG
      --theme THEME         light, dark, or auto: as the reader's system is (default)
      --compact             the top-level states and what is inside them, without details

  -h, --help                print this

Exit codes
  0  drawn
  1  stdout or the file could not be written
  2  wrong usage
`
