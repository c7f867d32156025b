/**
 * One container by itself: boxes of known size and the edges between them.
 *
 * @module
 */
import type { ChipStack } from './chips.ts'
import type { ChartGeometry } from './geometry.ts'
import type { ChartEdge } from './lift.ts'

/** `column`: the states one below the other in the order of their source, ways between distant ones along rails. */
export type Direction = 'down' | 'right' | 'column'

export interface FlatChart {
  readonly children: readonly { readonly id: string; readonly geometry: ChartGeometry }[]
  readonly edges: readonly { readonly edge: ChartEdge; readonly stack: ChipStack }[]
  readonly initial: string | null
}

/** A flat chart that is to be placed in layers. */
export interface LayeredChart extends FlatChart {
  readonly direction: 'down' | 'right'
}

export const initialSize = 9
export const anySize = { width: 30, height: 18 }
