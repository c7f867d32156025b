/**
 * A slot as it lies on the disk: a database of its own.
 *
 * Of its own, because of WebKit: a page that is reloaded while it writes may leave a transaction behind that never ends, and
 * then no other on that database begins until the tab is closed (WebKit bugs 313353 and 324094; seen at one reload in some tens
 * with WebKitGTK 2.50). So it costs one slot, which is delivered later, and not the whole outbox.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { deleteDatabase, openDatabase, ROW, transact } from './indexed-db.ts'
import type { Unlock } from './indexed-db-lock.ts'
import type { OutboxSlot, StoredBatch } from './storage.ts'

interface SlotRow {
  readonly epoch: number
  readonly next: number
  /** When it was written, by the wall clock: it is compared on another day, in another page. */
  readonly used: number
  /** Nothing of it will ever be taken: it is kept for a person to look at. */
  readonly buried?: boolean
}

/** A slot that is not there yet. */
export interface Absent {
  readonly epoch: number
  readonly found: 'new' | 'lost'
}

/** A slot whose lock is ours. */
export interface TakenSlot {
  readonly slot: OutboxSlot
  /** Nobody misses it: nothing waits in it, and for the server its producer is new. */
  readonly forgotten: boolean
  /** The slot's own, which is a promise here. */
  readonly release: Unlock
  /** Clears it away and gives it up. */
  remove(): Promise<void>
}

/** Servers forget a producer after a week of silence (wire.md 3.1). In ms. */
const FORGOTTEN_AFTER = 7 * 24 * 60 * 60 * 1000

/** What the slots of a stream, their locks and the channel of their owners are called; for a slot, its id follows. */
export function prefixOf(name: string, stream: string): string {
  return `statewire-outbox:${JSON.stringify([name, stream])}`
}

/** The ids of all slots whose names begin so. */
export async function listSlots(prefix: string): Promise<string[]> {
  const databases = await indexedDB.databases()
  return databases.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : []))
}

/**
 * Opens a slot whose lock is ours. Rejects when there is none and none is to be made, and may never settle where a transaction
 * was left behind: it writes at once, because one that only reads would pass by another that only reads.
 */
export async function takeSlot(prefix: string, id: string, unlock: Unlock, absent?: Absent): Promise<TakenSlot> {
  const [database, made] = await openDatabase(prefix + id, absent && rowOf(absent.epoch, 0))
  try {
    const { row, batches } = await transact(database, 'relaxed', (numbers, store) => {
      const asked: IDBRequest<SlotRow> = numbers.get(ROW)
      const waiting: IDBRequest<StoredBatch[]> = store.getAll()
      return () => ({ row: asked.result, batches: waiting.result })
    })
    // As if it could not be read: neither claimed nor inherited.
    if (row.buried === true) throw new TransportError('outbox_failed', 'Nothing of this slot will ever be taken.')
    const release = (): Promise<void> => {
      database.close()
      return unlock()
    }
    return {
      slot: {
        producer: { id, epoch: row.epoch },
        found: made && absent ? absent.found : 'kept',
        next: row.next,
        batches,
        ...writing(database, row),
        release,
        async bury() {
          await transact(database, 'strict', (rows) => {
            rows.put({ ...row, buried: true } satisfies SlotRow, ROW)
            return () => undefined
          }).catch(() => {})
          await release()
        },
      },
      release,
      forgotten: batches.length === 0 && Date.now() - row.used > FORGOTTEN_AFTER,
      async remove() {
        database.close()
        await deleteDatabase(prefix + id)
        await unlock()
      },
    }
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

function writing(database: IDBDatabase, row: SlotRow): Pick<OutboxSlot, 'put' | 'acknowledge' | 'renumber'> {
  let { epoch, next } = row
  const write = async (
    durability: 'strict' | 'relaxed',
    numbers: Pick<SlotRow, 'epoch' | 'next'>,
    change: (store: IDBObjectStore) => void,
  ): Promise<void> => {
    await transact(database, durability, (rows, store) => {
      rows.put(rowOf(numbers.epoch, numbers.next), ROW)
      change(store)
      return () => undefined
    })
    epoch = numbers.epoch
    next = numbers.next
  }
  return {
    put: (batch) => write('strict', { epoch, next: batch.sequence + 1 }, (store) => putBatch(store, batch)),
    // Not strict: what is back after a power cut is sent again under its number.
    acknowledge: (sequence) =>
      write('relaxed', { epoch, next }, (store) => {
        store.delete(IDBKeyRange.upperBound(sequence))
      }),
    renumber: (later, batches) =>
      write('strict', { epoch: later, next: (batches.at(-1)?.sequence ?? -1) + 1 }, (store) => {
        store.clear()
        for (const batch of batches) putBatch(store, batch)
      }),
  }
}

function rowOf(epoch: number, next: number): SlotRow {
  return { epoch, next, used: Date.now() }
}

function putBatch(store: IDBObjectStore, { sequence, records }: StoredBatch): void {
  store.put({ sequence, records: records.map(withoutRest) } satisfies StoredBatch, sequence)
}

/** A view is cloned with all of the buffer behind it: a record of ten bytes out of a chunk of 64 KiB would take 64 KiB. */
function withoutRest(record: string | Uint8Array): string | Uint8Array {
  return typeof record === 'string' || record.byteLength === record.buffer.byteLength ? record : record.slice()
}
