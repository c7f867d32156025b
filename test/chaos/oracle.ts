/**
 * What an application saw against what was written. Counts by number and keeps no record, so that a million of them weigh a megabyte.
 *
 * @module
 */
import { numberOf, type Writer } from './record.ts'

export interface Verdict {
  /** Written and never seen. */
  readonly lost: number
  /** Seen again after the first time. */
  readonly twice: number
  /** Seen for the first time behind one that was written later. */
  readonly outOfOrder: number
  /** Never written, or changed on the way. */
  readonly unknown: number
}

export class Oracle {
  /** How many different records were seen. */
  distinct = 0
  /** The highest number that was seen. */
  highest = 0
  readonly #from: Writer
  readonly #seen: Uint8Array
  #twice = 0
  #outOfOrder = 0
  #unknown = 0

  /** For so many records of one writer. */
  constructor(from: Writer, records: number) {
    this.#from = from
    this.#seen = new Uint8Array(records + 1)
  }

  see(value: unknown): void {
    const n = numberOf(value, this.#from)
    if (n === null || n < 1 || n >= this.#seen.length) {
      this.#unknown += 1
    } else if (this.#seen[n] === 1) {
      this.#twice += 1
    } else {
      this.#seen[n] = 1
      this.distinct += 1
      if (n < this.highest) this.#outOfOrder += 1
      else this.highest = n
    }
  }

  /** `written`: the number of the last record that was written. */
  verdict(written: number): Verdict {
    return {
      lost: written - this.distinct,
      twice: this.#twice,
      outOfOrder: this.#outOfOrder,
      unknown: this.#unknown,
    }
  }
}
