/**
 * Where everything is: the result of the layout, plain enough to be written to a file and shipped.
 * All numbers are pixels from the top left corner of the chart.
 *
 * @module
 */
import type { ChartLabel } from './model.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Box extends Point {
  readonly width: number
  readonly height: number
}

/** One line of small text inside a state's box. */
export interface PlacedRow {
  readonly icon: 'invoke' | 'entry' | 'event' | 'after' | 'done' | 'error' | 'always'
  readonly text: string
  readonly y: number
  readonly keys: readonly string[]
}

export interface PlacedNode extends Box {
  readonly id: string
  /** `pill`: a state inside a condensed container; `group`: what holds pills and is itself not drawn; `region`: a part of a parallel state. */
  readonly shape: 'leaf' | 'final' | 'container' | 'region' | 'pill' | 'group'
  readonly title: string
  /** Where the title stands: its left end and its baseline. */
  readonly titleAt: Point
  readonly rows: readonly PlacedRow[]
}

export interface PlacedChip extends Box {
  readonly label: ChartLabel
  /** The parts in reading order; the fact is bright, its circumstances are faint. */
  readonly parts: readonly { readonly text: string; readonly faint: boolean }[]
}

export interface PlacedEdge {
  readonly id: string
  readonly points: readonly Point[]
  /** How the points are joined: by soft curves that flow down or to the right, or by straight lines with round corners. */
  readonly bend: 'down' | 'right' | 'corners'
  readonly chips: readonly PlacedChip[]
  /** What did not fit: "+3". */
  readonly more: (Box & { readonly text: string; readonly keys: readonly string[] }) | null
}

/** A mark where a line begins that leaves no state: the dot of the initial state, the word "any". */
export interface PlacedMark extends Box {
  readonly kind: 'initial' | 'any'
}

export interface ChartGeometry {
  readonly width: number
  readonly height: number
  /** Outer ones first, which is the order to paint them in. */
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
  readonly marks: readonly PlacedMark[]
  /** The short arrows from the initial dots. */
  readonly starts: readonly {
    readonly to: string
    readonly points: readonly Point[]
    readonly bend: PlacedEdge['bend']
  }[]
}

/** A drawing with its outermost box, the first node, made at least so large. */
export function grown(geometry: ChartGeometry, width: number, height: number): ChartGeometry {
  const [outer, ...rest] = geometry.nodes
  const size = { width: Math.max(geometry.width, width), height: Math.max(geometry.height, height) }
  return { ...geometry, ...size, nodes: outer === undefined ? [] : [{ ...outer, ...size }, ...rest] }
}

export const noGeometry: ChartGeometry = { width: 0, height: 0, nodes: [], edges: [], marks: [], starts: [] }

function movePoint<P extends Point>(by: Point) {
  return (thing: P): P => ({ ...thing, x: thing.x + by.x, y: thing.y + by.y })
}

/** The same drawing elsewhere. */
export function moved(geometry: ChartGeometry, by: Point): ChartGeometry {
  const move = movePoint<Point>(by)
  return {
    ...geometry,
    nodes: geometry.nodes.map((node) => ({
      ...movePoint<PlacedNode>(by)(node),
      titleAt: move(node.titleAt),
      rows: node.rows.map((row) => ({ ...row, y: row.y + by.y })),
    })),
    edges: geometry.edges.map((edge) => ({
      ...edge,
      points: edge.points.map(move),
      chips: edge.chips.map(movePoint<PlacedChip>(by)),
      more: edge.more && movePoint<NonNullable<PlacedEdge['more']>>(by)(edge.more),
    })),
    marks: geometry.marks.map(movePoint<PlacedMark>(by)),
    starts: geometry.starts.map((start) => ({ ...start, points: start.points.map(move) })),
  }
}

/** Several drawings on one sheet. */
export function joined(sheet: Pick<ChartGeometry, 'width' | 'height'>, parts: readonly ChartGeometry[]): ChartGeometry {
  return {
    ...sheet,
    nodes: parts.flatMap((part) => part.nodes),
    edges: parts.flatMap((part) => part.edges),
    marks: parts.flatMap((part) => part.marks),
    starts: parts.flatMap((part) => part.starts),
  }
}
