/**
 * Servers that repeat themselves, leave out, and go backwards: F25 and F26.
 *
 * @module
 */
import { expect } from 'vitest'
import type { ReadingRow } from '../../server-faults/row.ts'
import { Client } from '../client.ts'
import { expectLeft, type LiarOptions, openLiar } from '../liar.ts'
import { expectRecords } from '../oracle.ts'

/** Each record once and in order, though the server says them in another way; or as many as were sure, and then why not more. */
async function toldOtherwise({ via }: ReadingRow, options: LiarOptions & { readonly tail: number }): Promise<void> {
  const liar = await openLiar(options)
  const client = new Client(liar.url, { via, connectTimeout: 1_000_000 })
  await client.until(() => client.records.length >= options.tail || client.state === 'error')
  // A page that was repeated may come for ever: what follows would be there by now.
  await client.live(10_000)
  expectRecords(client, 1, client.state === 'error' ? client.records.length : options.tail)
  if (client.state === 'error') expect(client.codes.at(-1)).toBe('bad_frame')
  expect(liar.reads).toBeLessThan(12)
  await expectLeft(liar, client)
}

/** F25: the same unit twice. */
export function repeatedUnit(row: ReadingRow): Promise<void> {
  return toldOtherwise(row, {
    lie: [
      [1, 3],
      [1, 3],
      [4, 6],
    ],
    tail: 6,
  })
}

/** F25: a unit that begins with what has come already. */
export function overlap(row: ReadingRow): Promise<void> {
  return toldOtherwise(row, {
    lie: [
      [1, 3],
      [2, 5],
      [5, 6],
    ],
    tail: 6,
  })
}

/** F25: all from the beginning, to somebody who asked for what follows. */
export function replayAfterResume(row: ReadingRow): Promise<void> {
  return toldOtherwise(row, {
    lie: [[1, 3]],
    afterCut: [
      [1, 3],
      [4, 6],
    ],
    tail: 6,
  })
}

/** F25: a page that is the same whatever is asked for, as from a cache that does not look at the query. */
export function samePageForEver(row: ReadingRow): Promise<void> {
  return toldOtherwise(row, { lie: Array(40).fill([1, 3]), tail: 3 })
}

/** F26: the second and third unit changed places. */
export function swappedUnits(row: ReadingRow): Promise<void> {
  return toldOtherwise(row, {
    lie: [
      [1, 2],
      [5, 6],
      [3, 4],
    ],
    tail: 6,
  })
}

/** F26: one record is left out. */
export function hole(row: ReadingRow): Promise<void> {
  return toldOtherwise(row, {
    lie: [
      [1, 2],
      [4, 6],
    ],
    tail: 6,
  })
}

/** F26: far back, after records that came in order. */
export function backwards(row: ReadingRow): Promise<void> {
  return toldOtherwise(row, {
    lie: [
      [1, 4],
      [1, 1],
    ],
    tail: 4,
  })
}
