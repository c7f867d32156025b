/**
 * The entries that a query lets through, kept up to date at the price of what is new: a log of 50,000 is not read again for
 * every line that is added to it.
 *
 * @module
 */
import type { Entry } from '../../session/view.ts'

export type Matches = (entry: Entry) => boolean

export interface Filtered {
  /** The same array as before when nothing changed. `matches` is compared by identity: another one reads everything again. */
  update(entries: readonly Entry[], matches: Matches): readonly Entry[]
}

/** Of the first entry whose `seq` is greater. Entries are sorted by `seq`. */
export function placeAfter(entries: readonly { readonly seq: number }[], seq: number): number {
  let [low, high] = [0, entries.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.seq ?? 0) <= seq) low = middle + 1
    else high = middle
  }
  return low
}

/** Of the entry with this `seq`; -1 where there is none. */
export function placeOf(entries: readonly Entry[], seq: number | null): number {
  if (seq === null) return -1
  const place = placeAfter(entries, seq) - 1
  return entries[place]?.seq === seq ? place : -1
}

export function createFiltered(): Filtered {
  let [source, known, last]: [readonly Entry[], Matches | null, number] = [[], null, 0]
  let kept: readonly Entry[] = []

  /** What is left of the old entries and what was added to them, or nothing when they are others altogether. */
  const grown = (old: readonly Entry[], entries: readonly Entry[], matches: Matches): readonly Entry[] | undefined => {
    const added = placeAfter(entries, last)
    const oldest = entries[0]?.seq ?? 0
    const gone = placeAfter(old, oldest - 1)
    // A hole in the middle, or entries of another app: the sums do not come out.
    if (added === 0 || entries[added - 1]?.seq !== last || old.length - gone !== added) return undefined
    const rest = gone === 0 ? kept : kept.slice(placeAfter(kept, oldest - 1))
    const fresh = entries.slice(added).filter(matches)
    return fresh.length === 0 ? rest : [...rest, ...fresh]
  }

  return {
    update(entries, matches) {
      if (entries === source && matches === known) return kept
      kept = (matches === known ? grown(source, entries, matches) : undefined) ?? entries.filter(matches)
      ;[source, known, last] = [entries, matches, entries.at(-1)?.seq ?? 0]
      return kept
    },
  }
}
