/**
 * The chips on an edge: what they say, how large they are, how they stack.
 *
 * @module
 */
import type { PlacedChip, PlacedEdge, Point } from './geometry.ts'
import type { ChartEdge } from './lift.ts'
import { textWidth } from './metrics.ts'
import type { ChartLabel, ChartModel } from './model.ts'

export const chipHeight = 20
const chipGap = 4
/** From one chip of a stack to the next. */
export const chipStep = chipHeight + chipGap
const chipPadding = 7
const iconWidth = 15
const chipText = 11
/** A longer word would widen every state of its chart; who points at the chip is told all of it. */
const longestPart = 40

interface Chip {
  readonly label: ChartLabel
  readonly parts: PlacedChip['parts']
  readonly width: number
}

/** The chips of one edge, measured but not yet placed. */
export interface ChipStack {
  readonly chips: readonly Chip[]
  readonly more: { readonly text: string; readonly keys: readonly string[]; readonly width: number } | null
  readonly width: number
  readonly height: number
}

/** Names differ at both ends: the middle can be spared. */
function shortened(words: string): string {
  if (words.length <= longestPart) return words
  const [letters, half] = [[...words], longestPart / 2]
  return letters.length <= longestPart
    ? words
    : `${letters.slice(0, half).join('')}…${letters.slice(1 - half).join('')}`
}

/** Dim the circumstances, not the fact: where it really starts, on what condition, where it really ends. */
function partsOf(model: ChartModel, edge: ChartEdge, label: ChartLabel): PlacedChip['parts'] {
  const source = label.source === edge.from || edge.from === null ? '' : (model.nodes.get(label.source)?.key ?? '')
  const target = label.target === edge.to ? '' : (model.nodes.get(label.target ?? '')?.key ?? '')
  const parts = [
    { text: shortened(source), faint: true },
    { text: shortened(label.text), faint: false },
    { text: label.guard === null ? '' : `[${shortened(label.guard)}]`, faint: true },
    { text: target === '' ? '' : `› ${shortened(target)}`, faint: true },
  ]
  return parts.filter((part) => part.text !== '')
}

function chipWidth(label: ChartLabel, parts: PlacedChip['parts']): number {
  const words = parts.map((part) => part.text).join(' ')
  return textWidth(words, chipText, 'mono') + 2 * chipPadding + (label.kind === 'event' ? 0 : iconWidth)
}

/** @param most more than this many become "+3". @param terse leaves out the circumstances, which a merged chip has several of. */
export function stackOf(
  model: ChartModel,
  edge: ChartEdge,
  labels: readonly ChartLabel[],
  most: number,
  terse = false,
): ChipStack {
  const chips = labels.slice(0, most).map((label) => {
    const parts = terse ? [{ text: shortened(label.text), faint: false }] : partsOf(model, edge, label)
    return { label, parts, width: chipWidth(label, parts) }
  })
  const rest = labels.slice(most)
  const text = `+${rest.length}`
  const keys = rest.flatMap((label) => label.keys)
  const more = rest.length === 0 ? null : { text, keys, width: textWidth(text, chipText, 'mono') + 2 * chipPadding }
  const count = chips.length + (more === null ? 0 : 1)
  return {
    chips,
    more,
    width: Math.max(0, ...chips.map((chip) => chip.width), more?.width ?? 0),
    height: Math.max(0, count * chipStep - chipGap),
  }
}

/** Centres the stack on a point. */
export function placeStack(stack: ChipStack, centre: Point): Pick<PlacedEdge, 'chips' | 'more'> {
  const top = centre.y - stack.height / 2
  const boxAt = (index: number, width: number) => ({
    x: centre.x - width / 2,
    y: top + index * chipStep,
    width,
    height: chipHeight,
  })
  return {
    chips: stack.chips.map(({ label, parts, width }, index) => ({ label, parts, ...boxAt(index, width) })),
    more: stack.more && { ...stack.more, ...boxAt(stack.chips.length, stack.more.width) },
  }
}

/** How the chips of one line stand in a column chart, where there is room beside the states or only below. */
export type Stacking = 'beside' | 'below'

/** What a stack takes up. */
export function stackSize(stack: ChipStack, stacking: Stacking): Pick<ChipStack, 'width' | 'height'> {
  return stacking === 'below' ? stack : { width: rowWidth(stack), height: chipHeight }
}

/** From a point at the middle of the left end: chips below each other all begin there, as a list does. */
export function placeFrom(stack: ChipStack, left: Point, stacking: Stacking): Pick<PlacedEdge, 'chips' | 'more'> {
  if (stacking === 'beside') return placeRow(stack, left)
  const { chips, more } = placeStack(stack, { x: left.x + stack.width / 2, y: left.y })
  return { chips: chips.map((chip) => ({ ...chip, x: left.x })), more: more && { ...more, x: left.x } }
}

/** Around a point on a line that runs down. */
export function placeOn(stack: ChipStack, centre: Point, stacking: Stacking): Pick<PlacedEdge, 'chips' | 'more'> {
  if (stacking === 'below') return placeStack(stack, centre)
  return placeRow(stack, { x: centre.x - rowWidth(stack) / 2, y: centre.y })
}

/** Side by side from a point at the middle of the left end. */
function placeRow(stack: ChipStack, left: Point): Pick<PlacedEdge, 'chips' | 'more'> {
  let x = left.x
  const next = <Measured extends { readonly width: number }>(chip: Measured) => {
    const placed = { ...chip, x, y: left.y - chipHeight / 2, height: chipHeight }
    x += chip.width + chipGap
    return placed
  }
  return { chips: stack.chips.map(next), more: stack.more && next(stack.more) }
}

/** Width of a stack laid side by side. */
function rowWidth({ chips, more }: ChipStack): number {
  const widths = [...chips, ...(more === null ? [] : [more])].map((chip) => chip.width + chipGap)
  return Math.max(0, widths.reduce((sum, width) => sum + width, 0) - chipGap)
}
