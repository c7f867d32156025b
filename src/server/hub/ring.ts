/**
 * The newest records of a stream, kept at hand for those who read it live.
 *
 * @module
 */

import type { ReadLimits, StoredRecord } from '../stores/store.ts'
import { fitting } from './page.ts'

const MAX_RECORDS = 256
const MAX_BYTES = 1024 * 1024

export class Ring {
  #records: StoredRecord[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  /** Takes what was appended. Records that do not follow on the last one start the ring anew. */
  append(records: readonly StoredRecord[]): void {
    const last = this.#records.at(-1)
    if (last !== undefined && records[0]?.seq !== last.seq + 1) this.clear()
    this.#records.push(...records)
    for (const record of records) this.#bytes += record.size
    let gone = 0
    while (this.#records.length - gone > 1 && (this.#records.length - gone > MAX_RECORDS || this.#bytes > MAX_BYTES))
      this.#bytes -= this.#records[gone++]?.size ?? 0
    // Not one by one: each would move all the others.
    if (gone > 0) this.#records = this.#records.slice(gone)
  }

  clear(): void {
    this.#records = []
    this.#bytes = 0
  }

  /** The records after a position, as many as fit; `null` when the next one is not here. */
  after(seq: number, limits: ReadLimits): readonly StoredRecord[] | null {
    const first = this.#records[0]
    if (first === undefined) return null
    const start = seq + 1 - first.seq
    if (start < 0 || start >= this.#records.length) return null
    return this.#records.slice(start, fitting(this.#records, start, limits))
  }
}
