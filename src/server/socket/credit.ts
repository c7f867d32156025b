/**
 * How far a connection may be ahead of a client that says what it has `seen`.
 *
 * @module
 */

import { UNIT } from '../hub/read-queue.ts'
import type { Limits } from '../limits.ts'

/** What was delivered over one connection and has not been seen. */
export class Credit {
  readonly #limits: Pick<Limits, 'creditRecords' | 'creditBytes'>
  #records = 0
  #bytes = 0

  constructor(limits: Pick<Limits, 'creditRecords' | 'creditBytes'>) {
    this.#limits = limits
  }

  /** Whether a page of at most so many records may be sent. A first one always may: it could otherwise never be seen. */
  covers(records: number): boolean {
    const { creditRecords, creditBytes } = this.#limits
    if (this.#records === 0) return true
    return this.#records + records <= creditRecords && this.#bytes + UNIT.bytes <= creditBytes
  }

  delivered(records: number, bytes: number): void {
    this.#records += records
    this.#bytes += bytes
  }

  seen(records: number, bytes: number): void {
    this.#records -= records
    this.#bytes -= bytes
  }
}

interface DeliveredPage {
  readonly to: number
  readonly bytes: number
}

/** What of one stream was delivered and has not been seen. */
export class Unseen {
  readonly #credit: Credit
  /** Pages since the client's first `seen`; what was delivered before that is counted by its records alone. */
  #pages: DeliveredPage[] = []
  #seen: number
  #delivered: number

  constructor(credit: Credit, seen: number, delivered: number) {
    this.#credit = credit
    this.#seen = seen
    this.#delivered = delivered
    credit.delivered(delivered - seen, 0)
  }

  deliver(to: number, bytes: number): void {
    this.#credit.delivered(to - this.#delivered, bytes)
    this.#delivered = to
    this.#pages.push({ to, bytes })
  }

  /** Everything up to here has been seen. Going backwards changes nothing. */
  see(seq: number): void {
    if (seq <= this.#seen) return
    const whole = this.#pages.findIndex((page) => page.to > seq)
    const gone = this.#pages.splice(0, whole === -1 ? this.#pages.length : whole)
    this.#credit.seen(seq - this.#seen, bytesOf(gone))
    this.#seen = seq
  }

  /** The subscription is over: nobody will say any more what was seen of it. */
  forget(): void {
    this.#credit.seen(this.#delivered - this.#seen, bytesOf(this.#pages))
    this.#seen = this.#delivered
    this.#pages = []
  }
}

function bytesOf(pages: readonly DeliveredPage[]): number {
  return pages.reduce((sum, page) => sum + page.bytes, 0)
}
