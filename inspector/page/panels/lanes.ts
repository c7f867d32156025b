/**
 * Where lanes and labels of the sequence stand. Labels are never clipped: what is too long for its place moves, and the
 * diagram grows.
 *
 * @module
 */
import type { Arrow, Lane, Sequence } from '../../session/sequence.ts'
import { oneLine } from './facts.ts'

/** In pixels: the column of times, the least room of a lane, what stays free at a label's sides. */
const gutter = 66
const leastLane = 56
const air = 6

/** Of a character of the mono face at 11 px; half a pixel more than any of its fallbacks has. */
const character = 6.8

/** A label longer than this says the rest in the details. */
const longestLabel = 40

export interface Lanes {
  readonly width: number
  /** The middle of each lane, by its id. */
  readonly middles: ReadonlyMap<string, number>
  /** How wide one lane is. */
  readonly spacing: number
}

export interface PlacedArrow {
  readonly from: number
  readonly to: number
  readonly label: string
  /** The left edge of the label and its width. */
  readonly left: number
  readonly labelWidth: number
}

export function labelOf({ words }: Pick<Arrow, 'words'>): string {
  const letters = [...oneLine(words)]
  if (letters.length <= longestLabel) return letters.join('')
  // How often it happened stands at the end.
  return `${letters.slice(0, longestLabel - 13).join('')}…${letters.slice(-12).join('')}`
}

/** East Asian letters are as wide as two others. */
function widthOf(label: string): number {
  const letters = [...label].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1), 0)
  return Math.ceil(letters * character) + 2 * air
}

/** @param available what the panel has, in pixels. */
export function lanesOf({ lanes, arrows }: Sequence, available: number): Lanes {
  const room = Math.floor((available - gutter) / Math.max(1, lanes.length))
  const spacing = Math.max(leastLane, room)
  const middles = new Map(lanes.map(({ id }: Lane, index) => [id, gutter + Math.round((index + 0.5) * spacing)]))
  const longest = arrows.reduce((most, arrow) => Math.max(most, widthOf(labelOf(arrow))), 0)
  return { width: Math.max(available, gutter + lanes.length * spacing, gutter + longest + air), middles, spacing }
}

/** What an actor says to itself stands to the right of its loop, or to the left of its lane where there is no room. */
function besideLoop(lane: number, labelWidth: number, width: number): number {
  const right = lane + 20
  return right + labelWidth + air <= width ? right : lane - labelWidth - 2
}

export function placed(arrow: Arrow, { width, middles }: Lanes): PlacedArrow {
  const from = middles.get(arrow.from) ?? gutter
  const to = middles.get(arrow.to) ?? gutter
  const label = labelOf(arrow)
  const labelWidth = widthOf(label)
  const wanted = from === to ? besideLoop(from, labelWidth, width) : (from + to - labelWidth) / 2
  const left = Math.round(Math.max(gutter, Math.min(wanted, width - labelWidth - air)))
  return { from, to, label, left, labelWidth }
}
