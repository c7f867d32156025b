/**
 * The file behind a file store: when it is read, when its changes count, and what state it is in.
 *
 * @module
 */

import { randomUUID } from 'node:crypto'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { GroupCommit, type Transaction } from './group-commit.ts'
import { Hints } from './hints.ts'
import type { Workplace } from './operation.ts'
import { type Attempt, type Durability, setDurability, storeErrorFrom } from './sqlite-database.ts'
import { createSchema } from './sqlite-schema.ts'
import { SqliteTables } from './sqlite-tables.ts'
import { StoreError, type StoreHint, type StoreReadiness } from './store.ts'
import type { StoreRules } from './store-options.ts'

/** Largest record in bytes. SQLite would take a thousand million, and this process hold several copies of it. */
export const MAX_RECORD_BYTES = 256 * 1024 * 1024

export class FileEngine implements Transaction {
  readonly hints = new Hints()
  readonly #identity = randomUUID()
  readonly #database: DatabaseSync
  readonly #durability: Durability
  readonly #tables: SqliteTables
  readonly #place: Workplace
  readonly #group = new GroupCommit(this)
  readonly #statements: Readonly<Record<'begin' | 'commit' | 'rollBack', StatementSync>>
  #state: StoreReadiness['state'] = 'usable'
  /** `dirty`: the file says that a store is at work on it, so that a crash is seen at the next opening. */
  #file: 'clean' | 'dirty' | 'closed' = 'clean'
  #told: StoreHint[] = []

  /** Takes over a database that is open and locked. */
  constructor(database: DatabaseSync, rules: StoreRules, durability: Durability) {
    this.#database = database
    this.#durability = durability
    // Until the boot is counted, whatever the durability: it must not be what a loss of power takes back.
    setDurability(database, 'full')
    createSchema(database)
    this.#tables = new SqliteTables(database)
    setDurability(database, durability)
    this.#place = {
      tables: this.#tables,
      rules,
      maxRecordBytes: MAX_RECORD_BYTES,
      tell: (hint) => this.#told.push(hint),
    }
    this.#statements = {
      begin: database.prepare('BEGIN IMMEDIATE'),
      commit: database.prepare('COMMIT'),
      rollBack: database.prepare('ROLLBACK'),
    }
  }

  /** Between two transactions nothing is in the file that could still vanish, so a read never has to wait. */
  read<Result>(operation: (place: Workplace) => Result): Result {
    this.#refuseWhenClosed()
    try {
      this.#tables.forgetSome()
      return operation(this.#place)
    } catch (error) {
      throw this.#noted(error, 'reading')
    }
  }

  /** Resolves once what was changed is in the file. */
  async write<Result>(operation: (place: Workplace) => Result): Promise<Result> {
    this.#refuseWhenClosed()
    return this.#group.run(() => operation(this.#place))
  }

  /** Finds out whether the device takes data again: without it nobody would write to a store that takes no writes. */
  async readiness(): Promise<StoreReadiness> {
    if (this.#file !== 'closed' && this.#state === 'degraded') await this.#probe()
    return { state: this.#file === 'closed' ? 'down' : this.#state, identity: this.#identity }
  }

  /** Commits what was asked, says in the file that it was put down, and gives the lock back. */
  close(): void {
    if (this.#file === 'closed') return
    this.#group.drain()
    try {
      this.#putDown()
    } catch {
      // Then it was not put down properly, and the next opening counts a boot.
    }
    this.#file = 'closed'
    this.#database.close()
  }

  /** Immediate: a transaction that finds out late that it may not write has to be run again. */
  begin(): void {
    this.#tables.forgetSome()
    if (this.#file === 'clean') this.#pickUp()
    this.#statements.begin.run()
  }

  commit(): void {
    this.#tables.flush()
    this.#statements.commit.run()
  }

  /** Now it is true: first the watchers hear it, then who asked. */
  committed(): void {
    this.#tables.committed()
    if (this.#state === 'degraded') this.#state = 'usable'
    const told = this.#told
    this.#told = []
    for (const hint of told) this.hints.tell(hint)
  }

  rollBack(): void {
    // What was not committed has not happened: nobody may hear of it.
    this.#told = []
    try {
      this.#statements.rollBack.run()
    } catch {
      // On a full disk SQLite rolls back by itself, and then there is no transaction to end.
    }
    try {
      this.#tables.reverted()
    } catch (error) {
      this.#noted(error, 'reading')
    }
  }

  failed(error: unknown): StoreError {
    return this.#noted(error, 'writing')
  }

  async #probe(): Promise<void> {
    try {
      await this.#group.run(() => this.#tables.probe('fill'))
      await this.#group.run(() => this.#tables.probe('empty'))
    } catch {
      // Still degraded, which is the answer.
    }
  }

  /** In a transaction of its own, and always onto the disk: of what follows, part may be lost, but never this. */
  #pickUp(): void {
    setDurability(this.#database, 'full')
    this.#tables.ledger.mark('dirty')
    setDurability(this.#database, this.#durability)
    this.#file = 'dirty'
  }

  /** With less than full durability there is no telling what the disk has, so the next opening counts a boot. */
  #putDown(): void {
    if (this.#file === 'dirty' && this.#durability === 'full') this.#tables.ledger.mark('clean')
  }

  #noted(error: unknown, attempt: Attempt): StoreError {
    const failure = storeErrorFrom(error, attempt)
    if (failure.code === 'broken') this.#state = 'down'
    else if (failure.code === 'full' && this.#state === 'usable') this.#state = 'degraded'
    return failure
  }

  #refuseWhenClosed(): void {
    if (this.#file === 'closed') throw new StoreError('unavailable', 'The store is closed.')
  }
}
