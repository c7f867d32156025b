/**
 * The pictures of our own charts that the documentation shows.
 *
 * @module
 */
import { exportChart } from './index.ts'
import { ownCharts } from './own-charts.ts'

/** A file of the documentation, by its path in the repository. */
export interface Picture {
  readonly file: string
  readonly text: string
}

const themes = ['light', 'dark'] as const

/** Two files for each: GitHub's own theme may differ from the system's, and `<picture>` follows GitHub's. */
export function pictures(): Picture[] {
  const full = Object.entries(ownCharts).flatMap(([name, machine]) =>
    themes.map((theme) => ({
      file: `docs/charts/${name}-${theme}.svg`,
      text: exportChart(machine, { format: 'svg', theme }),
    })),
  )
  const compact = themes.map((theme) => ({
    file: `docs/charts/connection-compact-${theme}.svg`,
    text: exportChart(ownCharts.connection, { format: 'svg', theme, density: 'compact' }),
  }))
  return [...full, ...compact]
}
