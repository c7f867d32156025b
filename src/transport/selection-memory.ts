/**
 * What each origin has allowed and refused, remembered for an hour.
 *
 * @module
 */
import type { Candidate } from './auto-input.ts'

/** `allowed`: it was opened there. `refused`: somebody on the way, or the server, does not let it through. */
export type Experience = 'allowed' | 'refused'

/** Where it is kept: `localStorage`, `sessionStorage`, or anything with these two methods. */
export interface SelectionStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

/** What is known of each origin. */
export interface SelectionMemory {
  recall(origin: string): Readonly<Partial<Record<Candidate, Experience>>>
  note(origin: string, candidate: Candidate, experience: Experience): void
}

export interface SelectionMemoryOptions {
  /** Default: the memory of this page or process, for at most 100 origins. */
  readonly storage?: SelectionStorage | undefined
  /** Wall-clock milliseconds: what is stored outlives the process. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

interface Entry {
  readonly experience: Experience
  readonly until: number
}

type Entries = Readonly<Record<string, Entry>>

/** In milliseconds: a firewall is seldom opened, but a laptop is carried home. */
const REMEMBERED = 3_600_000

/** A crawler meets any number of origins. */
const MOST_ORIGINS = 100

/**
 * Creates a memory of its own. A storage that throws (it is full, or forbidden) is the same as one that is empty.
 *
 * @example
 * const memory = createSelectionMemory({ storage: localStorage })
 */
export function createSelectionMemory({
  storage = heap(),
  now = Date.now,
}: SelectionMemoryOptions = {}): SelectionMemory {
  const known = (origin: string): Entries => {
    const at = now()
    // Not further ahead than a note can be: a clock that was wrong must not be believed for years.
    const lives = ({ until }: Entry): boolean => until > at && until <= at + REMEMBERED
    return Object.fromEntries(
      Object.entries(read(storage, origin)).filter(([, entry]) => isEntry(entry) && lives(entry)),
    )
  }
  return {
    recall: (origin) =>
      Object.fromEntries(Object.entries(known(origin)).map(([candidate, { experience }]) => [candidate, experience])),
    note(origin, candidate, experience) {
      const entries: Entries = { ...known(origin), [candidate]: { experience, until: now() + REMEMBERED } }
      try {
        storage.setItem(keyOf(origin), JSON.stringify(entries))
      } catch {
        // Forgotten, then: the next connection finds out by itself.
      }
    },
  }
}

const keyOf = (origin: string): string => `statewire:transports:${origin}`

function read(storage: SelectionStorage, origin: string): Entries {
  try {
    return Object(JSON.parse(storage.getItem(keyOf(origin)) ?? '{}')) as Entries
  } catch {
    return {}
  }
}

/** Others can write into a storage, too. */
function isEntry(entry: unknown): entry is Entry {
  const { experience, until } = Object(entry) as Partial<Entry>
  return (experience === 'allowed' || experience === 'refused') && typeof until === 'number'
}

function heap(): SelectionStorage {
  const items = new Map<string, string>()
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem(key, value) {
      // The one that was noted longest ago is forgotten first.
      items.delete(key)
      items.set(key, value)
      const [oldest = key] = items.keys()
      if (items.size > MOST_ORIGINS) items.delete(oldest)
    },
  }
}

/** The memory of this page or process. */
export const sharedSelection: SelectionMemory = createSelectionMemory()
