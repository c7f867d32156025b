/**
 * Where a durable reader stands, to the single record: an offset that the server gave, and how many records past it have been
 * handed over. Only the server's offsets are sent back; the count is ours, because an SSE event or a long-poll page of many
 * records names one offset, at its end.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Bookmark, Message } from '../link.ts'
import { type OffsetParts, parseOffset } from '../wire/offset.ts'

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

/** The most records a page of our server holds (wire.md 2.3): no place is further past its offset. */
const MOST_PAST = 1_000

/** An offset of our server ends in its number, of so many digits. */
const SEQ_DIGITS = 16

/** Throws `bad_option` for a place that this library cannot have given: so many records would be left out without a word. */
export function checkPlace({ offset, skip }: Place): void {
  // Of opaque offsets it is not known how much their server tells at once.
  if (skip <= MOST_PAST || parseOffset(offset) === null) return
  throw new TransportError('bad_option', `A position is at most ${MOST_PAST} records past its offset.`)
}

/** Takes what is to be handed over. */
export type Emit = (item: Message | Bookmark) => void

/**
 * Counts records, drops those that were handed over before, on this connection or before a cut, and names the place behind each.
 * Offsets of our own server number the records, so that repetitions, overlaps and holes show; of opaque ones only an offset that
 * comes a second time does.
 */
export interface Tracker {
  /** The place behind everything so far; `undefined` while the server has named none to count from. */
  readonly position: string | undefined
  /** Whether that place is further on than the server has told so far. */
  readonly ahead: boolean
  /**
   * Hands over records that come together.
   *
   * @param next - the offset behind the last of them.
   * @throws TransportError `interrupted` when records are missing before them: they are there for whoever asks again.
   */
  records(data: readonly unknown[], next: string, emit: Emit): void
  /** The same for data of which nobody can say how many records it holds: no hole shows. */
  pieces(data: readonly unknown[], next: string, emit: Emit): void
  /** The server named the place behind everything so far. Tells it, when it is news. Throws as `records` does. */
  commit(next: string, emit: Emit): void
}

/**
 * @param base - the offset the first record follows; `undefined` when nobody has said it (`now`, before the first answer).
 * @param skip - how many records were handed over past it before the cut.
 */
export function createTracker(base: string | undefined, skip: number): Tracker {
  let offset = base
  let parts = base === undefined ? null : parseOffset(base)
  /** What was read last: an offset is stepped to, and then moved to. */
  let read = { text: base, parts }
  /** Most offsets differ from the one before in their number alone, and this is done for every record. */
  const partsOf = (text: string): OffsetParts | null => {
    if (read.text !== text) read = { text, parts: numberedAs(text, read.text, read.parts) ?? parseOffset(text) }
    return read.parts
  }
  let count = 0
  let skipping = skip
  const position = (): string | undefined =>
    // While known records are skipped, the place does not move: it is so many records ahead of what has come.
    offset === undefined ? undefined : formatPlace({ offset, skip: count + skipping })
  const move = (next: string): void => {
    offset = next
    parts = partsOf(next)
    count = 0
  }
  /** How many records lie between what was told so far and this offset; `undefined` when that cannot be known. */
  const stepTo = (next: string): number | undefined => {
    if (next === offset) return 0
    const to = partsOf(next)
    if (parts === null || to === null) return undefined
    // Another stream by now. Whoever asks for the old place is told so.
    if (to.gen !== parts.gen) throw leftOut()
    return to.seq - parts.seq
  }
  /** Nothing is lost by records that are left out as long as they are known. */
  const passOver = (missing: number): void => {
    if (missing > skipping) throw leftOut()
    skipping -= Math.max(missing, 0)
  }
  const handOver = (data: readonly unknown[], next: string, emit: Emit): void => {
    for (let index = 0; index < data.length; index++) {
      if (index === data.length - 1) move(next)
      else count++
      if (skipping > 0) skipping--
      else emit({ data: data[index], position: position() })
    }
  }

  return {
    get position() {
      return position()
    },
    get ahead() {
      return skipping > 0
    },
    records(data, next, emit) {
      const step = stepTo(next) ?? data.length
      if (step <= 0) return
      passOver(step - data.length)
      handOver(step < data.length ? data.slice(-step) : data, next, emit)
    },
    pieces(data, next, emit) {
      const step = stepTo(next)
      if (step === undefined || step > 0) handOver(data, next, emit)
    },
    commit(next, emit) {
      const step = stepTo(next) ?? 0
      if (step < 0) return
      const before = position()
      passOver(step)
      move(next)
      const now = position()
      if (now !== undefined && now !== before) emit({ position: now })
    },
  }
}

/** The parts of an offset that has all but the number in common with another one. Read by hand: it is done for every record. */
function numberedAs(text: string, other: string | undefined, parts: OffsetParts | null): OffsetParts | undefined {
  if (parts === null || other === undefined || text.length !== other.length) return undefined
  const stem = text.length - SEQ_DIGITS
  for (let index = 0; index < stem; index++) if (text.charCodeAt(index) !== other.charCodeAt(index)) return undefined
  let seq = 0
  for (let index = stem; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 48
    if (digit < 0 || digit > 9) return undefined
    seq = seq * 10 + digit
  }
  return Number.isSafeInteger(seq) ? { gen: parts.gen, term: parts.term, seq } : undefined
}

function leftOut(): TransportError {
  return new TransportError('interrupted', 'The server left records out; the next attempt asks for them.')
}
