/**
 * The steps of one actor among everything that is told: which are new, which stands for an instant.
 *
 * @module
 */
import type { StepMessage } from '../../protocol/messages.ts'
import type { Entry } from '../../session/view.ts'

/**
 * The steps of an actor after `seq`, oldest first.
 *
 * @param since what is older flashes no more: a tab that was hidden does not make up for it.
 */
export function stepsAfter(
  entries: readonly Entry[],
  actor: string,
  seq: number,
  since = Number.NEGATIVE_INFINITY,
): StepMessage[] {
  const found: StepMessage[] = []
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index]
    if (entry === undefined || entry.seq <= seq || entry.t < since) break
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
