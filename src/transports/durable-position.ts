/**
 * Where a durable reader stands, to the single record: an offset that the server gave, and how many records past it have been
 * handed over. Only the server's offsets are sent back; the count is ours, because an SSE event or a long-poll page of many
 * records names one offset, at its end.
 *
 * @module
 */
import type { Bookmark, Message } from '../link.ts'

/** A place in a stream: `OFFSET`, or `OFFSET+COUNT` for so many records past it. */
export interface Place {
  /** What is asked for: an offset, `-1` or `now`. */
  readonly offset: string
  /** How many of the records that follow it are known already. */
  readonly skip: number
}

/** Reads a position. What does not end in `+` and a number is an offset as it stands: offsets are opaque. */
export function parsePlace(position: string): Place {
  const [, offset = position, digits = '0'] = /^(.+)\+(\d{1,15})$/.exec(position) ?? []
  return { offset, skip: Number(digits) }
}

/** Writes a position. */
export function formatPlace({ offset, skip }: Place): string {
  return skip === 0 ? offset : `${offset}+${skip}`
}

/** Takes what is to be handed over. */
export type Emit = (item: Message | Bookmark) => void

/** Counts records, drops those that were handed over before a cut, and names the place behind each. */
export interface Tracker {
  /** The place behind everything so far; `undefined` while the server has named none to count from. */
  readonly position: string | undefined
  /**
   * Hands over records that come together.
   *
   * @param next - the offset behind the last of them, if the server has named it.
   */
  records(data: readonly unknown[], next: string | undefined, emit: Emit): void
  /** The server named the place behind everything so far. Tells it, when it is news. */
  commit(next: string, emit: Emit): void
}

/**
 * @param base - the offset the first record follows; `undefined` when nobody has said it (`now`, before the first answer).
 * @param skip - how many records were handed over past it before the cut.
 */
export function createTracker(base: string | undefined, skip: number): Tracker {
  let offset = base
  let count = 0
  let skipping = skip
  const position = (): string | undefined =>
    // While known records are skipped, the place does not move: it is so many records ahead of what has come.
    offset === undefined ? undefined : formatPlace({ offset, skip: count + skipping })
  const move = (next: string): void => {
    offset = next
    count = 0
  }

  return {
    get position() {
      return position()
    },
    records(data, next, emit) {
      for (let index = 0; index < data.length; index++) {
        if (next !== undefined && index === data.length - 1) move(next)
        else count++
        if (skipping > 0) skipping--
        else emit({ data: data[index], position: position() })
      }
    },
    commit(next, emit) {
      const before = position()
      move(next)
      const now = position()
      if (now !== undefined && now !== before) emit({ position: now })
    },
  }
}
