/**
 * Opening the file: the built-in SQLite of Node, locked for this store alone.
 *
 * @module
 */

import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from './store.ts'

/** `full`: an acknowledged append survives a loss of power. `normal`: only the end of the process, and is faster. */
export type Durability = 'full' | 'normal'

/** Whether what failed was to change anything: an unreadable disk and a full one need different people. */
export type Attempt = 'reading' | 'writing'

/** SQLite's primary result codes: the low byte of what `node:sqlite` calls `errcode`. */
const CODES = { busy: 5, ioError: 10, corrupt: 11, full: 13, notADatabase: 26 }

/**
 * Opens the file, creates it for its owner's eyes only where there is none, and takes the lock. The lock is the operating
 * system's on the file itself, so a killed process leaves none behind.
 *
 * @throws StoreError when it is in use, cannot be opened, or is no database.
 */
export function openDatabase(path: string, accept: (database: DatabaseSync) => void): DatabaseSync {
  const { DatabaseSync: Database } = builtInSqlite()
  // Resolved, since SQLite reads meaning into `:memory:`, the empty path and `file:` addresses.
  const file = resolve(path)
  let database: DatabaseSync | null = null
  try {
    createPrivately(file)
    database = new Database(file)
    // First of all: a connection that has once shared a write-ahead log no longer keeps others out.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF')
    // Before anything is written: someone else's database must be refused as it was found.
    accept(database)
    database.exec('PRAGMA journal_mode = WAL')
    // Within this limit the log is reused, beyond it cut off: one huge append would otherwise keep its space for ever.
    database.exec('PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384; BEGIN EXCLUSIVE; COMMIT')
    keepPrivate(file)
    return database
  } catch (error) {
    database?.close()
    throw storeErrorFrom(error, 'reading')
  }
}

/** How hard each commit is pressed onto the disk. Not possible inside a transaction. */
export function setDurability(database: DatabaseSync, durability: Durability): void {
  database.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`)
}

/** What the failure of a statement means for who asked. */
export function storeErrorFrom(error: unknown, attempt: Attempt): StoreError {
  if (error instanceof StoreError) return error
  const code = primaryCodeOf(error)
  if (code === CODES.corrupt || code === CODES.notADatabase)
    return new StoreError('broken', 'The file of the store is damaged, or is no store.', error)
  if (code === CODES.busy) return new StoreError('unavailable', 'The file is in use by another store.', error)
  if (code === CODES.full || (code === CODES.ioError && attempt === 'writing'))
    return new StoreError('full', 'The device takes no more data.', error)
  if (code === CODES.ioError) return new StoreError('broken', 'The file of the store cannot be read.', error)
  return new StoreError('unavailable', 'The store failed.', error)
}

function primaryCodeOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null
}

/** By name, so that importing this file needs no SQLite: Node 20 has none. */
function builtInSqlite(): typeof import('node:sqlite') {
  const sqlite = process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite') | undefined
  // `iterate` came last of what is used here (22.13), in the same version that needs no flag any more.
  if (sqlite === undefined || !('iterate' in sqlite.StatementSync.prototype))
    throw new Error('fileStore() needs the SQLite that comes with Node 22.13 or newer.')
  return sqlite
}

function createPrivately(file: string): void {
  try {
    // Only ever creates: opening and closing a file that is there would, as POSIX has it, drop the lock of a store of
    // this process that has it open.
    closeSync(openSync(file, 'wx', OWNER_ONLY))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
      throw new StoreError('unavailable', 'The file of the store cannot be created.', error)
  }
}

const OWNER_ONLY = 0o600

function keepPrivate(file: string): void {
  for (const name of [file, `${file}-wal`]) if (existsSync(name)) chmodSync(name, OWNER_ONLY)
}
