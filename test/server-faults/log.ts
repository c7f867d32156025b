/**
 * What the streams of this suite hold: numbered records whose loss, repetition or damage shows.
 *
 * @module
 */

/** One record. */
export interface Entry {
  readonly n: number
  readonly v: string
}

/** Characters of one to four bytes, so that a cut or a split can tear each kind. */
const TEXTS = ['a', 'é', '€', '😀', 'abc é€😀']

/** The record with this number, counted from 1. */
export function entry(n: number): Entry {
  return { n, v: TEXTS[n % TEXTS.length] ?? '' }
}

/** The records from one number to another, both included. */
export function entries(from: number, to: number): Entry[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => entry(from + index))
}

/** A record large enough that a few hundred of them fill every buffer between a server and a client. */
export function large(n: number): Entry {
  return { n, v: 'x'.repeat(16_000) }
}

/** The number of a record; `NaN` for what is none of ours. */
export function numberOf(record: unknown): number {
  return typeof record === 'object' && record !== null && 'n' in record ? Number(record.n) : Number.NaN
}
