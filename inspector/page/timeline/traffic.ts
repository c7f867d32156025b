/**
 * How much happened in each slice of a stretch, and which events deserve a mark of their own.
 *
 * @module
 */

import type { Entry } from '../../session/view.ts'
import { eventKind, eventWords } from '../../session/words.ts'
import { indexAfter } from '../chart/steps.ts'
import type { Stretch } from './scale.ts'

export interface Mark {
  readonly t: number
  readonly kind: 'user' | 'done' | 'error' | 'timer'
  readonly words: string
}

export interface Traffic {
  /** Entries of one slice each, the first of them beginning with the stretch. */
  readonly bars: readonly number[]
  /** The events of the selected actor; those that come in floods are in the bars. */
  readonly marks: readonly Mark[]
}

/** More marks than this cover each other. */
const mostMarks = 160
/** An event type that is taken more often than this in one stretch is traffic. */
const flood = 24

/** @param slices how many bars. */
export function trafficOf(entries: readonly Entry[], actor: string, stretch: Stretch, slices: number): Traffic {
  const bars = new Array<number>(slices).fill(0)
  const marked = new Map<string, Mark[]>()
  const span = (stretch.to - stretch.from) / slices
  for (let index = indexAfter(entries, stretch.from - span); index < entries.length; index += 1) {
    const entry = entries[index]
    if (entry === undefined || entry.t > stretch.to) break
    if (entry.actor !== actor || entry.kind === 'step') continue
    const slice = Math.floor((entry.t - stretch.from) / span)
    if (slice >= 0 && slice < slices) bars[slice] = (bars[slice] ?? 0) + 1
    if (entry.kind !== 'event' || entry.type === 'xstate.init') continue
    const alike = marked.get(entry.type) ?? []
    if (alike.length > flood) continue
    alike.push({ t: entry.t, kind: eventKind(entry.type), words: eventWords(entry.type) })
    marked.set(entry.type, alike)
  }
  const marks = [...marked.values()].filter((alike) => alike.length <= flood).flat()
  return { bars, marks: marks.sort((a, b) => a.t - b.t).slice(-mostMarks) }
}

/** Ten times as much is one step higher. 0 to 1. */
export function heightOf(count: number): number {
  return count === 0 ? 0 : Math.min(1, (1 + Math.log10(count)) / 4)
}
