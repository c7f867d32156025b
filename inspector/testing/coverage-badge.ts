/**
 * A coverage report as a badge: one SVG of a line, for a README.
 *
 * @module
 */
import { escaped } from '../export/markup.ts'
import type { CoverageReport } from '../session/coverage-file.ts'
import { wholePercent } from '../session/percent.ts'
import { transitionsTaken } from './transitions-taken.ts'

export interface BadgeOptions {
  /** The words on the left. Default `transitions`. */
  readonly label?: string | undefined
}

/** Per character, in px: monospaced, so that a text is as wide as it is long wherever it is drawn. */
const advance = 6.6
const padding = 8
const height = 20

/** White on each of them has a contrast of at least 4.5. */
function colourOf(share: number): string {
  if (share >= 0.9) return '#007b48'
  return share >= 0.6 ? '#8a5a00' : '#b3121f'
}

/**
 * How many of all transitions of all machines were taken.
 *
 * @example
 * await writeFile('docs/coverage.svg', coverageBadge(report))
 */
export function coverageBadge(report: CoverageReport, { label = 'transitions' }: BadgeOptions = {}): string {
  const { all, share, taken } = transitionsTaken(report)
  const words = all === 0 ? 'none seen' : `${wholePercent(share)}%`
  const left = Math.ceil([...label].length * advance) + 2 * padding
  const right = Math.ceil(words.length * advance) + 2 * padding
  const width = left + right
  const name = escaped(label)
  const text = (x: number, inner: string, length: number): string =>
    `<text x="${x}" y="14" textLength="${Math.round(length * advance * 10) / 10}">${inner}</text>`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}: ${words}">
<title>${name}: ${words}, ${taken} of ${all}</title>
<rect width="${width}" height="${height}" rx="6" fill="#3a404b"/>
<path d="M${left} 0h${right - 6}a6 6 0 0 1 6 6v8a6 6 0 0 1-6 6h-${right - 6}z" fill="${colourOf(share)}"/>
<g fill="#fff" font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="11">
${text(padding, name, [...label].length)}
${text(left + padding, words, words.length)}
</g>
</svg>
`
}
