/**
 * As much of IndexedDB as an outbox needs, as promises.
 *
 * @module
 */
import { TransportError } from '../errors.ts'

/** `slots`: who appends and how far it is. `batches`: what waits. Both by keys that begin with stream and producer. */
const STORES = ['slots', 'batches'] as const

/** What is asked for and written at once, or not at all. */
export type Work<Found> = (slots: IDBObjectStore, batches: IDBObjectStore) => () => Found

/**
 * Opens the database, and makes it where it is not there yet.
 *
 * There is no `blocked` to hear: only a new version waits for other pages, and this is the first.
 *
 * @param gone - called when the connection can be used no longer: the user cleared the site's data, or somebody deletes the
 *   database or brings it to a newer version, for which this page makes room
 */
export function openDatabase(name: string, gone: () => void): Promise<IDBDatabase> {
  return new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store)
    }
    request.onerror = () => reject(request.error)
    request.onsuccess = () => {
      const database = request.result
      database.onclose = gone
      database.onversionchange = () => {
        database.close()
        gone()
      }
      resolve(database)
    }
  }).catch(refuse)
}

/**
 * Runs a transaction. Resolves when it is complete, and not when its requests are: a full disk shows at the commit, and undoes
 * what had succeeded. The work says how to read what it asked for.
 *
 * @param durability - `strict`: on the disk when it resolves; browsers that do not know the word have their own opinion
 */
export function transact<Found>(
  database: IDBDatabase,
  mode: 'readonly' | 'readwrite',
  durability: 'strict' | 'relaxed',
  work: Work<Found>,
): Promise<Found> {
  return new Promise<Found>((resolve, reject) => {
    const transaction = database.transaction(STORES, mode, { durability })
    addEventListener('pagehide', () => { try { transaction.abort() } catch {} }, { once: true })
    transaction.onabort = () => reject(transaction.error)
    try {
      const found = work(transaction.objectStore('slots'), transaction.objectStore('batches'))
      transaction.oncomplete = () => resolve(found())
    } catch (thrown) {
      reject(thrown)
      // Else the part before it would be committed.
      transaction.abort()
    }
  }).catch(refuse)
}

/** The name says what happened (`QuotaExceededError`, `InvalidStateError`); the text is the browser's own, and goes along as the cause. */
function refuse(cause: unknown): never {
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : 'unknown'
  throw new TransportError('outbox_failed', `The outbox cannot use its database (${name}).`, { cause })
}
