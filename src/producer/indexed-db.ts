/**
 * As much of IndexedDB as an outbox needs, as promises.
 *
 * @module
 */
import { TransportError } from '../errors.ts'

/** `numbers`: one row, who appends and how far it is. `batches`: what waits, by its number. */
const STORES = ['numbers', 'batches'] as const

/** The key of the one row in `numbers`. */
export const ROW = 0

/**
 * Opens a database. There is no `blocked` to hear: only a later version waits for other pages, and this is the first.
 *
 * @param row - makes the database, with this row in it from its first moment on. Without it, one that does not exist is not
 *   made, and the promise rejects.
 * @returns the database, and whether it was made
 */
export function openDatabase(name: string, row?: object): Promise<readonly [database: IDBDatabase, made: boolean]> {
  return new Promise<readonly [IDBDatabase, boolean]>((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    let made = false
    request.onupgradeneeded = () => {
      made = true
      if (row === undefined) return request.transaction?.abort()
      const [numbers] = STORES.map((store) => request.result.createObjectStore(store))
      numbers?.put(row, ROW)
    }
    request.onerror = () => {
      // WebKit goes on listing a database whose making was aborted.
      if (made) void deleteDatabase(name)
      reject(request.error)
    }
    request.onsuccess = () => {
      const { result } = request
      // Somebody deletes it, or brings it to a later version, and would wait for this page.
      result.onversionchange = () => result.close()
      resolve([result, made])
    }
  }).catch(refuse)
}

/** Deletes a database. Resolves also when that was not possible, or is only done when another page lets go of it. */
export function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name)
    request.onsuccess = request.onerror = request.onblocked = () => resolve()
  })
}

/**
 * Reads and writes at once, or not at all. Resolves when the transaction is complete, and not when its requests are: a full disk
 * shows at the commit, and undoes what had succeeded.
 *
 * @param durability - `strict`: on the disk when it resolves; browsers that do not know the word have their own opinion
 * @param work - asks, and says how to read the answers
 */
export function transact<Found>(
  database: IDBDatabase,
  durability: 'strict' | 'relaxed',
  work: (numbers: IDBObjectStore, batches: IDBObjectStore) => () => Found,
): Promise<Found> {
  return new Promise<Found>((resolve, reject) => {
    const transaction = database.transaction(STORES, 'readwrite', { durability })
    transaction.onabort = () => reject(transaction.error)
    try {
      const found = work(transaction.objectStore('numbers'), transaction.objectStore('batches'))
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
