/**
 * A position in a stream: `GGGGGGGGGGGGGGGG_TTTT_SSSSSSSSSSSSSSSS`, 38 characters of `[0-9a-f_]`.
 * The server mints it. A client keeps it, sends it back and never computes with it; strings sort as positions do.
 *
 * @module
 */

/** The parts of an offset. */
export interface OffsetParts {
  /** The incarnation of the stream: 16 lower-case hex digits, growing each time the name is created again. */
  readonly gen: string
  /** The durability epoch, 1 to 65,535: one more whenever the store may have lost acknowledged records. */
  readonly term: number
  /** How many records lie before this position: 0 is before the first one. */
  readonly seq: number
}

/** The start mark for everything that is still there. */
export const FROM_START = '-1'

/** The start mark for nothing but what comes next. */
export const FROM_NOW = 'now'

/** One linear expression is the whole syntax check: anything else is refused, upper-case hex included. */
const OFFSET = /^([0-9a-f]{16})_([0-9a-f]{4})_([0-9]{16})$/

const GEN = /^[0-9a-f]{16}$/

const MAX_TERM = 0xffff

/** Where sorting as text would end: 16 decimal digits hold 2^53 - 1, which has 16 digits itself. */
const SEQ_DIGITS = 16

/**
 * Writes an offset.
 *
 * @throws RangeError when a part does not fit its digits: such an offset would sort wrongly for ever.
 */
export function formatOffset(parts: OffsetParts): string {
  const { gen, term, seq } = parts
  if (!GEN.test(gen)) throw new RangeError('An offset needs a generation of 16 lower-case hex digits.')
  if (!Number.isSafeInteger(term) || term < 0 || term > MAX_TERM) throw new RangeError('A term is 0 to 65,535.')
  if (!Number.isSafeInteger(seq) || seq < 0) throw new RangeError('A sequence is a whole number from 0 to 2^53 - 1.')
  return `${gen}_${term.toString(16).padStart(4, '0')}_${String(seq).padStart(SEQ_DIGITS, '0')}`
}

/** Reads an offset, or answers `null` for anything else, the start marks included. */
export function parseOffset(text: string): OffsetParts | null {
  const match = OFFSET.exec(text)
  if (match === null) return null
  const [, gen = '', term = '', digits = ''] = match
  const seq = Number(digits)
  return Number.isSafeInteger(seq) ? { gen, term: Number.parseInt(term, 16), seq } : null
}

/** Whether this is an offset a server could have minted. `-1` and `now` are not: they are start marks. */
export function isOffset(text: string): boolean {
  return parseOffset(text) !== null
}
