/**
 * What one client was handed, checked as it comes: records are numbered from 1, and each comes once.
 *
 * @module
 */

export class Journal {
  /** The number of the last record. */
  last = 0
  /** Records that were passed over, and records that came again. */
  lost = 0
  repeated = 0
  /** How often records came; several may come together. */
  deliveries = 0

  /** @param records each `{ n }`, together in one frame or event. */
  take(records: readonly unknown[]): void {
    if (records.length > 0) this.deliveries += 1
    for (const number of records.map(numberOf)) {
      if (number <= this.last) this.repeated += 1
      else {
        this.lost += number - this.last - 1
        this.last = number
      }
    }
  }
}

function numberOf(record: unknown): number {
  if (typeof record === 'object' && record !== null && 'n' in record && typeof record.n === 'number') return record.n
  throw new Error('A record has no number.')
}
