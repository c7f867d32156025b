/**
 * The plan of a chart in one column: who stands where, which lines run in the gaps, which along the rails.
 *
 * @module
 */
import { type ChipStack, rowWidth } from './chips.ts'
import { anySize, type FlatChart } from './flat.ts'
import type { ChartEdge } from './lift.ts'

/** From one exit of a state to the next: a chip, and air enough to tell two lines apart. */
export const exitHeight = 24
/** The first exit is level with the title. */
export const firstRow = 15
export const openGap = 44
export const closedGap = 18
export const anyRow = 26
/** What stays free beside the chips of a gap. */
export const gapMargin = 8
/** The arrow into the initial state runs here when other lines share its gap. */
export const startX = 14
export const startLength = 24

export interface Way {
  readonly edge: ChartEdge
  readonly stack: ChipStack
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

export interface Rows {
  /** Rails that end here take the top rows: what leaves below them need not cross them. */
  readonly entries: readonly Rail[]
  readonly exits: readonly Way[]
}

function rowsAt(index: number, rails: readonly Rail[], ways: readonly Way[]): Rows {
  const railAt = (way: Way): number => rails.findIndex((rail) => sameRail(rail, way))
  const exits = ways.filter((way) => way.from === index).sort((a, b) => railAt(b) - railAt(a))
  return { entries: rails.filter((rail) => rail.to === index).reverse(), exits }
}

export interface Gap {
  readonly down: Way | undefined
  readonly up: Way | undefined
  readonly any: readonly { readonly edge: ChartEdge; readonly stack: ChipStack }[]
}

function gapHeight(gap: Gap | undefined, isFirst: boolean, isStart: boolean): number {
  const { down, up, any = [] } = gap ?? {}
  const isEmpty = isFirst && any.length === 0
  const base = down !== undefined || up !== undefined ? openGap : isEmpty ? 0 : closedGap
  return (isStart ? Math.max(base, startLength) : base) + any.length * anyRow
}

/** A word that does not fit into its gap would stand beside the chart: the states are made wider instead. */
function gapWidth({ down, up, any }: Gap): number {
  const ways = [down, up].flatMap((way) => (way === undefined ? [] : rowWidth(way.stack) + 2 * gapMargin))
  const stubs = any.map(({ stack }) => stack.width + 2 * (startX + 24 + anySize.width))
  return Math.max(
    ways.reduce((sum, width) => sum + width, 0),
    ...stubs,
  )
}

/** The column before anything is drawn: who stands where, and what runs between. */
export interface Column {
  readonly tops: readonly number[]
  readonly heights: readonly number[]
  readonly gaps: readonly Gap[]
  readonly rails: readonly Rail[]
  readonly rows: readonly Rows[]
  readonly width: number
  readonly stubs: number
}

export function columnOf(flat: FlatChart): Column {
  const index = new Map(flat.children.map(({ id }, position) => [id, position]))
  const ways = flat.edges.flatMap(({ edge, stack }) => {
    const [from, to] = [index.get(edge.from ?? ''), index.get(edge.to)]
    return from === undefined || to === undefined ? [] : [{ edge, stack, from, to }]
  })
  const far = ways.filter(({ from, to }) => Math.abs(from - to) !== 1)
  const rails = railsOf(far)
  const rows = flat.children.map((_, position) => rowsAt(position, rails, far))
  const gaps = flat.children.map(({ id }, position) => ({
    down: ways.find(({ from, to }) => to === position && from === position - 1),
    up: ways.find(({ from, to }) => from === position && to === position - 1),
    any: flat.edges.filter(({ edge }) => edge.from === null && edge.to === id),
  }))
  const widths = flat.children.map(({ geometry }) => geometry.width)
  const width = Math.max(...widths, ...gaps.map(gapWidth))
  const heights = flat.children.map(({ geometry }, position) => {
    const { entries = [], exits = [] } = rows[position] ?? {}
    return Math.max(geometry.height, 2 * firstRow + (entries.length + exits.length - 1) * exitHeight)
  })
  let y = 0
  const tops = heights.map((height, position) => {
    y += gapHeight(gaps[position], position === 0, flat.children[position]?.id === flat.initial)
    const top = y
    y += height
    return top
  })
  return { tops, heights, gaps, rails, rows, width, stubs: Math.max(0, ...far.map(({ stack }) => rowWidth(stack))) }
}
