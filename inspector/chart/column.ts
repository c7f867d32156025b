/**
 * The plan of a chart in one column: who stands where, which lines run in the gaps, which along the rails.
 *
 * @module
 */
import { type ChipStack, chipHeight, chipStep, type Stacking, stackSize } from './chips.ts'
import { anySize, type FlatChart } from './flat.ts'
import type { ChartEdge } from './lift.ts'

/** Between two chips of different lines, and from one way into a state to the next: air enough to tell the lines apart. */
const air = 4
/** Between the chips of two lines that leave one state: more than between those of one line, or nobody could tell them apart. */
const groupAir = 12
const entryHeight = chipHeight + air
/** The first exit is level with the title. */
const firstRow = 15
const openGap = 44
const closedGap = 18
const leastAnyRow = 26
/** What stays free beside the chips of a gap. */
export const gapMargin = 8
/** The arrow into the initial state runs here when other lines share its gap. */
export const startX = 14
export const startLength = 24
/** From a state to its chip, and from the widest chip to the first rail. */
export const stub = 10

/** A flat chart that is to stand in one column. */
export interface ColumnChart extends FlatChart {
  readonly stacking: Stacking
}

export interface Way {
  readonly edge: ChartEdge
  readonly stack: ChipStack
  /** Of the stack as it stands here. */
  readonly width: number
  readonly height: number
  readonly from: number
  readonly to: number
}

/** The line that all ways into one state share; those from below have one of their own. */
export interface Rail {
  readonly to: number
  readonly upward: boolean
}

export const sameRail = (rail: Rail, way: Way): boolean => rail.to === way.to && rail.upward === way.from > way.to

/** Inner rails end first, so that none has to be crossed on the way into a state. */
function railsOf(ways: readonly Way[]): Rail[] {
  const rails: Rail[] = []
  for (const way of ways) {
    if (!rails.some((rail) => sameRail(rail, way))) rails.push({ to: way.to, upward: way.from > way.to })
  }
  const reach = (rail: Rail): number => (rail.upward ? 1000 - rail.to : rail.to)
  return rails.sort((a, b) => reach(a) - reach(b))
}

/** Where lines touch the right side of a state, measured from its top. */
export interface Rows {
  /** Rails that end here take the top rows: what leaves below them need not cross them. */
  readonly entries: readonly { readonly rail: Rail; readonly y: number }[]
  /** The line leaves behind a chip and never between two. */
  readonly exits: readonly { readonly way: Way; readonly y: number; readonly middle: number }[]
  /** Of all rows together: the state is at least so high. */
  readonly height: number
}

function rowsAt(index: number, rails: readonly Rail[], ways: readonly Way[]): Rows {
  const railAt = (way: Way): number => rails.findIndex((rail) => sameRail(rail, way))
  const ending = rails.filter((rail) => rail.to === index).reverse()
  const entries = ending.map((rail, row) => ({ rail, y: firstRow + row * entryHeight }))
  let top = firstRow - chipHeight / 2 + entries.length * entryHeight
  const leaving = ways.filter((way) => way.from === index).sort((a, b) => railAt(b) - railAt(a))
  let last = air
  const exits = leaving.map((way, row) => {
    last = way.height > chipHeight || (leaving[row + 1]?.height ?? 0) > chipHeight ? groupAir : air
    const middle = top + way.height / 2
    const above = Math.floor((way.height - chipHeight) / 2 / chipStep) * chipStep
    const y = top + above + chipHeight / 2
    top += way.height + last
    return { way, y, middle }
  })
  return { entries, exits, height: top - last + firstRow - chipHeight / 2 }
}

/** A way in from everywhere. Those of one gap stand one below the other. */
interface Stub {
  readonly edge: ChartEdge
  readonly stack: ChipStack
  readonly height: number
}

export interface Gap {
  readonly down: Way | undefined
  readonly up: Way | undefined
  readonly any: readonly Stub[]
}

/** Of the two ways between neighbours: a chip and as much line as tells where it leads. */
export function trunkOf({ down, up }: Gap): number {
  if (down === undefined && up === undefined) return closedGap
  return openGap - chipHeight + Math.max(down?.height ?? 0, up?.height ?? 0)
}

const anyRowOf = (stack: ChipStack, stacking: Stacking): number =>
  Math.max(leastAnyRow, stackSize(stack, stacking).height + 6)

export const anyHeight = ({ any }: Gap): number => any.reduce((sum, { height }) => sum + height, 0)

function gapHeight(gap: Gap, isFirst: boolean, isStart: boolean): number {
  const base = isFirst && gap.any.length === 0 ? 0 : trunkOf(gap)
  return (isStart ? Math.max(base, startLength) : base) + anyHeight(gap)
}

/** A word that does not fit into its gap would stand beside the chart: the states are made wider instead. */
function gapWidth({ down, up, any }: Gap): number {
  const ways = [down, up].flatMap((way) => (way === undefined ? [] : way.width + 2 * gapMargin))
  const stubs = any.map(({ stack }) => stack.width + 2 * (startX + 24 + anySize.width))
  return Math.max(
    ways.reduce((sum, width) => sum + width, 0),
    ...stubs,
  )
}

type Child = FlatChart['children'][number]

const widthOf = ({ geometry }: Child): number => geometry.width
const isLeaf = ({ geometry: { nodes } }: Child): boolean => nodes.length === 1
const wideningBound = 1.5

/** The column before anything is drawn: who stands where, and what runs between. */
export interface Column {
  readonly tops: readonly number[]
  readonly heights: readonly number[]
  readonly gaps: readonly Gap[]
  readonly rails: readonly Rail[]
  readonly rows: readonly Rows[]
  readonly widths: readonly number[]
  /** What all states have in common: the ways between neighbours stay in it. */
  readonly width: number
  /** As far as states and the chips beside them go: the first rail keeps clear of it. */
  readonly reach: number
}

export function columnOf(flat: ColumnChart): Column {
  const index = new Map(flat.children.map(({ id }, position) => [id, position]))
  const ways = flat.edges.flatMap(({ edge, stack }) => {
    const [from, to] = [index.get(edge.from ?? ''), index.get(edge.to)]
    return from === undefined || to === undefined ? [] : [{ edge, stack, from, to, ...stackSize(stack, flat.stacking) }]
  })
  const far = ways.filter(({ from, to }) => Math.abs(from - to) !== 1)
  const rails = railsOf(far)
  const rows = flat.children.map((_, position) => rowsAt(position, rails, far))
  const gaps = flat.children.map(({ id }, position) => ({
    down: ways.find(({ from, to }) => to === position && from === position - 1),
    up: ways.find(({ from, to }) => from === position && to === position - 1),
    any: flat.edges
      .filter(({ edge }) => edge.from === null && edge.to === id)
      .map((stub) => ({ ...stub, height: anyRowOf(stub.stack, flat.stacking) })),
  }))
  const narrow = Math.max(...flat.children.filter(isLeaf).map(widthOf), ...gaps.map(gapWidth))
  const wide = Math.max(narrow, ...flat.children.map(widthOf))
  // Equal boxes read best, but next to a large container a leaf of its width would be an empty hall.
  const width = wide > narrow * wideningBound ? narrow : wide
  const widths = flat.children.map((child) => Math.max(width, widthOf(child)))
  const heights = flat.children.map(({ geometry }, position) => Math.max(geometry.height, rows[position]?.height ?? 0))
  let y = 0
  const tops = heights.map((height, position) => {
    const gap = gaps[position]
    if (gap !== undefined) y += gapHeight(gap, position === 0, flat.children[position]?.id === flat.initial)
    const top = y
    y += height
    return top
  })
  const reach = widths.map((own, position) =>
    Math.max(own, ...(rows[position]?.exits ?? []).map(({ way }) => own + stub + way.width)),
  )
  return { tops, heights, gaps, rails, rows, widths, width, reach: Math.max(...reach) }
}
