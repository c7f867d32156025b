/**
 * Counts what one panel received against what the server says it appended. Nothing is assumed: a number is lost when the
 * server's own log has it, from the first one this panel received to the last, and this panel has not.
 *
 * @module
 */
import { Ledger } from '../ledger.ts'

export interface Count {
  readonly received: number
  readonly lost: number
  readonly duplicated: number
  /** The last number that both sides know; what came after it is counted when the log has told of it. */
  readonly checkedTo: number | null
}

export class Tally {
  #received = new Ledger()
  #duplicated = 0

  note(seq: number): void {
    if (!this.#received.add(seq)) this.#duplicated += 1
  }

  get first(): number | null {
    return this.#received.first
  }

  get last(): number | null {
    return this.#received.last
  }

  against(log: Ledger): Count {
    const { first, last } = this.#received
    const received = this.#received.count()
    if (first === null || last === null) return { received, lost: 0, duplicated: this.#duplicated, checkedTo: null }
    const checkedTo = Math.min(last, log.last ?? 0)
    const lost = log.missingIn(this.#received, first, checkedTo)
    return { received, lost, duplicated: this.#duplicated, checkedTo: checkedTo < first ? null : checkedTo }
  }

  /** The server began anew, and so do its numbers. */
  reset(): void {
    this.#received = new Ledger()
    this.#duplicated = 0
  }
}
