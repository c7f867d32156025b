/**
 * The records of one stream in memory: an array whose beginning moves.
 *
 * @module
 */

import type { ReadLimits, StoredRecord } from './store.ts'

/** Moving the whole array on every trim would copy it 10,000 times over; once in so many it is free. */
const COMPACT_AFTER = 1024

/** Stands where a record was until the array is compacted, so that the body is free at once. */
const GONE: StoredRecord = { seq: 0, at: 0, size: 0, body: '' }

export class MemoryRecords {
  #records: StoredRecord[] = []
  #start = 0

  add(records: readonly StoredRecord[]): void {
    for (const record of records) this.#records.push(record)
  }

  /** Forgets the records up to and including `through`. */
  drop(through: number): void {
    for (let oldest = this.#records[this.#start]; oldest && oldest.seq <= through; oldest = this.#records[this.#start])
      this.#records[this.#start++] = GONE
    if (this.#start < COMPACT_AFTER || this.#start * 2 < this.#records.length) return
    this.#records = this.#records.slice(this.#start)
    this.#start = 0
  }

  *oldestFirst(): Iterable<StoredRecord> {
    for (let index = this.#start; index < this.#records.length; index++) {
      const record = this.#records[index]
      if (record !== undefined) yield record
    }
  }

  /** Records after a position; one at least where there is one. */
  read(after: number, limits: ReadLimits): readonly StoredRecord[] {
    const first = this.#records[this.#start]
    if (first === undefined) return []
    const from = this.#start + Math.max(0, after + 1 - first.seq)
    let until = from
    for (let bytes = 0; until < this.#records.length && until - from < Math.max(1, limits.records); until++) {
      bytes += this.#records[until]?.size ?? 0
      if (bytes > limits.bytes && until > from) break
    }
    return this.#records.slice(from, until)
  }
}
