/**
 * The numbers of the store as a whole, and whether it was put down properly.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { numberIn, textIn } from './sqlite-row.ts'
import { StoreError } from './store.ts'
import type { Ledger } from './tables.ts'

export class SqliteLedger implements Ledger {
  lastGen = 0n
  closings = 0
  leases = 0
  /** Which boot this is: grows when records may have been lost. */
  readonly boot: number
  readonly #select: StatementSync
  readonly #update: StatementSync
  readonly #mark: StatementSync
  #written = ''

  /** Counts a boot unless the file was put down properly. The caller has made sure that this reaches the disk. */
  constructor(database: DatabaseSync) {
    this.#select = database.prepare('SELECT boot, clean, last_gen, closings, leases FROM ledger')
    this.#update = database.prepare('UPDATE ledger SET last_gen = ?, closings = ?, leases = ?')
    this.#mark = database.prepare('UPDATE ledger SET clean = ?')
    database.exec('UPDATE ledger SET boot = boot + 1, clean = 1 WHERE clean = 0')
    this.boot = numberIn(this.#row(), 'boot')
    this.reload()
  }

  /** Takes back what was not committed. */
  reload(): void {
    const row = this.#row()
    this.lastGen = BigInt(`0x${textIn(row, 'last_gen')}`)
    this.closings = numberIn(row, 'closings')
    this.leases = numberIn(row, 'leases')
    this.#written = this.#text()
  }

  flush(): void {
    const text = this.#text()
    if (text === this.#written) return
    this.#update.run(this.lastGen.toString(16), this.closings, this.leases)
    this.#written = text
  }

  /** `dirty` before the first change; `clean` after the last. */
  mark(state: 'clean' | 'dirty'): void {
    this.#mark.run(state === 'clean' ? 1 : 0)
  }

  #row() {
    const row = this.#select.get()
    if (row === undefined) throw new StoreError('broken', 'The file of the store is damaged: the ledger is empty.')
    return row
  }

  #text(): string {
    return `${this.lastGen} ${this.closings} ${this.leases}`
  }
}
