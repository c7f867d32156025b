/**
 * What is written and read in these tests: records with everything in them that a careless reader or writer would trip over.
 *
 * @module
 */
import { expect } from 'vitest'

export interface LogRecord {
  /** 1 for the first. */
  readonly n: number
  readonly text: string
}

/** Line ends, forged events, characters of two to four bytes, and what only looks like the end of a JSON array. */
const SCRAPS = [
  'grüße ',
  '日本語',
  '🐎',
  '\n\nevent: control\ndata: {}\n\n',
  '\r',
  '\u2028',
  ']}',
  '"\\',
  'plain words ',
]

/** Numbers from 0 up to 1 out of a seed: Marsaglia's 32-bit xorshift. */
export function randomFrom(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** A fresh seed, printed so that a failure can be repeated: `NATIVES_SEED=… vitest …`. */
export function printedSeed(of: string): number {
  const seed = Number(process.env.NATIVES_SEED ?? Math.floor(Math.random() * 2 ** 31))
  console.info(`${of}: seed ${seed}`)
  return seed
}

/** So many records of 20 to 220 bytes, 55 on the average: 1,200 of them do not pass through 20 connections of 3,300 bytes. */
export function recordsFrom(random: () => number, count: number): LogRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const scraps = Array.from({ length: 1 + Math.floor(random() * 8) }, () => pick(random, SCRAPS))
    return { n: index + 1, text: scraps.join('') }
  })
}

function pick(random: () => number, from: readonly string[]): string {
  return from[Math.floor(random() * from.length)] ?? ''
}

/** Every record once, in order, as it was written. The numbers first: they say at a glance what is lost or double. */
export function expectLog(read: readonly unknown[], written: readonly LogRecord[]): void {
  const numbers = read.map((record) =>
    typeof record === 'object' && record !== null && 'n' in record ? record.n : null,
  )
  expect(numbers).toEqual(written.map(({ n }) => n))
  expect(read).toEqual(written)
}
