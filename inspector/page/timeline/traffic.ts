/**
 * How much happened in each slice of a stretch, and which events deserve a mark of their own.
 *
 * @module
 */

import type { Entry } from '../../session/view.ts'
import { eventKind, eventWords } from '../../session/words.ts'
import { indexAfter } from '../chart/steps.ts'
import type { Axis } from './axis.ts'
import { longestEmpty, type Stretch } from './scale.ts'

export interface Mark {
  readonly t: number
  readonly kind: 'user' | 'done' | 'error' | 'timer'
  readonly words: string
}

export interface Traffic {
  /** Entries of one slice each, the first of them beginning with the stretch. */
  readonly bars: readonly number[]
  /** The median time between what arrived and what arrived before it, in ms, of each slice; `null` where nothing did. */
  readonly gaps: readonly (number | null)[]
  /** The events of the selected actor; those that come in floods are in the bars. */
  readonly marks: readonly Mark[]
}

/** More marks than this cover each other. */
const mostMarks = 160
/** An event type that is taken more often than this in one stretch is traffic. */
const flood = 24
/** The median of so many says enough of a slice. */
const sampled = 48

/** A step is what an event led to: that it happened is said already. */
function isOwn(entry: Entry, actor: string): boolean {
  return entry.actor === actor && entry.kind !== 'step'
}

/**
 * Where nothing happened for longer than `least`, between two entries of an actor. What is still empty at the end has no
 * end yet, and is not among them.
 */
export function emptyTime(entries: readonly Entry[], actor: string, { from, to }: Stretch, least: number): Stretch[] {
  const first = indexAfter(entries, from)
  const gaps: Stretch[] = []
  let before: number | undefined
  for (let index = first - 1; index >= 0 && before === undefined; index -= 1) {
    const entry = entries[index]
    if (entry !== undefined && isOwn(entry, actor)) before = entry.t
  }
  for (let index = first; index < entries.length; index += 1) {
    const entry = entries[index]
    if (entry === undefined || !isOwn(entry, actor)) continue
    if (before !== undefined && entry.t - before > least) gaps.push({ from: before, to: entry.t })
    if (entry.t > to) break
    before = entry.t
  }
  return gaps
}

function median(numbers: readonly number[]): number | null {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? null
}

/** The first place from `low` on, and before `end`, of an entry that stands in another slice than those before it. */
function endOfSlice(entries: readonly Entry[], low: number, end: number, isSame: (t: number) => boolean): number {
  let [first, last] = [low, end]
  while (first < last) {
    const middle = (first + last) >> 1
    if (isSame(entries[middle]?.t ?? Number.POSITIVE_INFINITY)) first = middle + 1
    else last = middle
  }
  return first
}

/**
 * The slice is worked out once for all entries that stand in it: in a flood thousands of them stand in the newest few.
 *
 * @param slices how many bars.
 */
export function trafficOf(entries: readonly Entry[], actor: string, axis: Axis, slices: number): Traffic {
  const bars = new Array<number>(slices).fill(0)
  const waits = new Map<number, number[]>()
  const marked = new Map<string, Mark[]>()
  const { stretch } = axis
  // Longer than this is empty time, and no pace.
  const longest = longestEmpty(stretch)
  const perPixel = slices / axis.width
  const sliceOf = (t: number): number => Math.min(slices - 1, Math.floor(axis.toPixels(t) * perPixel))
  let arrived: number | undefined
  const end = indexAfter(entries, stretch.to)
  let [slice, sliceEnd] = [0, 0]
  for (let index = indexAfter(entries, stretch.from - 1); index < end; index += 1) {
    const entry = entries[index]
    if (entry === undefined || entry.t < stretch.from || !isOwn(entry, actor)) continue
    if (index >= sliceEnd) {
      slice = sliceOf(entry.t)
      sliceEnd = endOfSlice(entries, index + 1, end, (t) => sliceOf(t) === slice)
    }
    bars[slice] = (bars[slice] ?? 0) + 1
    if (entry.kind === 'frame') {
      if (entry.direction === 'out') continue
      const own = waits.get(slice) ?? []
      if (arrived !== undefined && entry.t - arrived <= longest && own.length < sampled) own.push(entry.t - arrived)
      if (own.length > 0) waits.set(slice, own)
      arrived = entry.t
    }
    if (entry.kind !== 'event' || entry.type === 'xstate.init') continue
    const alike = marked.get(entry.type) ?? []
    if (alike.length > flood) continue
    alike.push({ t: entry.t, kind: eventKind(entry.type), words: eventWords(entry.type) })
    marked.set(entry.type, alike)
  }
  const marks = [...marked.values()].filter((alike) => alike.length <= flood).flat()
  const gaps = bars.map((_, slice) => median(waits.get(slice) ?? []))
  return { bars, gaps, marks: marks.sort((a, b) => a.t - b.t).slice(-mostMarks) }
}

/** Ten times as much is one step higher. 0 to 1. */
export function heightOf(count: number): number {
  return count === 0 ? 0 : Math.min(1, (1 + Math.log10(count)) / 4)
}

/** How high the line of gaps stands: 1 ms at the foot, 10 s at the top, ten times as much one step higher. 0 to 1. */
export function levelOf(gap: number): number {
  return Math.min(1, Math.max(0, Math.log10(Math.max(1, gap)) / 4))
}
