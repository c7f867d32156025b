/**
 * The steps of one actor among everything that is told: which are new, which stands for an instant.
 *
 * @module
 */
import type { StepMessage } from '../../protocol/messages.ts'
import type { Entry } from '../../session/view.ts'

/** More flashes than this in one frame would be a flicker. */
const mostAtOnce = 12

/** The steps of an actor after `seq`, oldest first. */
export function stepsAfter(entries: readonly Entry[], actor: string, seq: number): StepMessage[] {
  const found: StepMessage[] = []
  for (let index = entries.length - 1; index >= 0 && found.length < mostAtOnce; index -= 1) {
    const entry = entries[index]
    if (entry === undefined || entry.seq <= seq) break
    if (entry.kind === 'step' && entry.actor === actor) found.push(entry)
  }
  return found.reverse()
}

/** The first entry later than an instant, as an index; entries are in order of `t`. */
export function indexAfter(entries: readonly Entry[], at: number): number {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.t ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1
    else high = middle
  }
  return low
}

/** The last step of an actor at or before an instant. */
export function stepAt(entries: readonly Entry[], actor: string, at: number): StepMessage | undefined {
  for (let index = indexAfter(entries, at) - 1; index >= 0; index -= 1) {
    const entry = entries[index]
    if (entry?.kind === 'step' && entry.actor === actor) return entry
  }
  return undefined
}
