/**
 * What `statewire export` is asked to do.
 *
 * @module
 */
export const chartNames = ['connection', 'manager', 'breaker', 'environment'] as const

/** A chart of this package. */
export type ChartName = (typeof chartNames)[number]

export const themes = ['light', 'dark', 'auto'] as const

export interface ExportOptions {
  readonly chart: ChartName
  readonly drawing:
    | { readonly format: 'svg'; readonly theme: (typeof themes)[number]; readonly density: 'full' | 'compact' }
    | { readonly format: 'mermaid' }
  /** A file instead of stdout. */
  readonly out: string | undefined
}
