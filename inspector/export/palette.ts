/**
 * The colours of a chart outside of the page: the same as inspector/chart/tokens.css, where a test holds them together.
 *
 * @module
 */
export interface Palette {
  readonly canvas: string
  readonly node: string
  readonly container: string
  readonly line: string
  readonly edge: string
  readonly text: string
  readonly dim: string
  readonly faint: string
  readonly event: string
  readonly online: string
  readonly failed: string
}

export const light: Palette = {
  canvas: '#fafbfd',
  node: '#ffffff',
  container: '#f5f7fb',
  line: '#d7dbe2',
  edge: '#838893',
  text: '#1f242e',
  dim: '#585e69',
  faint: '#636975',
  event: '#5a43c9',
  online: '#00703f',
  failed: '#c01022',
}

export const dark: Palette = {
  canvas: '#12151b',
  node: '#1e222a',
  container: '#191c22',
  line: '#31353f',
  edge: '#6b717d',
  text: '#e8ebf1',
  dim: '#9ba2ae',
  faint: '#898f9c',
  event: '#a9a5ff',
  online: '#3cde93',
  failed: '#ff6367',
}
