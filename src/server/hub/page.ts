/**
 * Records from one position to another, on their way to a reader.
 *
 * @module
 */

import type { StoredRecord, StreamHead } from '../stores/store.ts'

/** Contiguous records from one position to another. */
export interface Page {
  readonly records: readonly StoredRecord[]
  /** The position before the first record, as a sequence. */
  readonly from: number
  /** The position after the last record. */
  readonly to: number
  /** Nothing more is there at this moment. */
  readonly atTail: boolean
  /** Nothing more will ever come: at the tail of a closed stream. */
  readonly ended: boolean
}

/** The page that these records are, in a stream with this head. */
export function pageOf(head: Pick<StreamHead, 'tail' | 'state'>, from: number, records: readonly StoredRecord[]): Page {
  const to = from + records.length
  const atTail = to === head.tail
  return { records, from, to, atTail, ended: atTail && head.state === 'closed' }
}

/** How many of `records` from index `start` fit; one at least. */
export function fitting(
  records: readonly StoredRecord[],
  start: number,
  limits: { readonly records: number; readonly bytes: number },
): number {
  let end = start
  for (let bytes = 0; end < records.length && end - start < limits.records; end++) {
    bytes += records[end]?.size ?? 0
    if (bytes > limits.bytes && end > start) break
  }
  return end
}
