/**
 * A slot as it lies in the database: one row with its numbers, and one for each batch that waits.
 *
 * @module
 */
import { transact } from './indexed-db.ts'
import type { SlotKey, Unlock } from './indexed-db-lock.ts'
import type { OutboxSlot, ProducerIdentity, StoredBatch } from './storage.ts'

interface SlotRow extends ProducerIdentity {
  readonly next: number
  /** The first number that is not acknowledged: {@link next} where nothing waits. */
  readonly first: number
  /** When the row was written, by the wall clock: it is compared on another day, in another page. */
  readonly used: number
}

/** What the next owner goes on with. */
type SlotContent = Omit<SlotRow, 'used'> & Pick<OutboxSlot, 'found' | 'batches'>

/** Servers forget a producer after a week of silence (wire.md 3.1). In ms. */
const FORGOTTEN_AFTER = 7 * 24 * 60 * 60 * 1000

/**
 * The producers of a stream, those first for whom something waits.
 *
 * Clears away those nobody misses: nothing waits, and for the server they are new. That needs no lock. Whoever holds one
 * writes the row again with the next batch, and until then it says nothing.
 */
export function listSlots(database: IDBDatabase, stream: string): Promise<string[]> {
  return transact(database, 'readwrite', 'relaxed', (slots) => {
    const asked: IDBRequest<SlotRow[]> = slots.getAll(within(stream))
    let listed: SlotRow[] = []
    asked.onsuccess = () => {
      const waits = ({ first, next }: SlotRow): boolean => first < next
      const rows = asked.result
      const forgotten = rows.filter((row) => !waits(row) && Date.now() - row.used > FORGOTTEN_AFTER)
      for (const { id } of forgotten) slots.delete([stream, id])
      listed = rows.filter((row) => !forgotten.includes(row)).sort((a, b) => Number(waits(b)) - Number(waits(a)))
    }
    return () => listed.map(({ id }) => id)
  })
}

/** What is in a slot; nothing where there is none. */
export function readSlot(database: IDBDatabase, key: SlotKey): Promise<SlotContent | undefined> {
  return transact(database, 'readonly', 'relaxed', (slots, store) => {
    const row: IDBRequest<SlotRow | undefined> = slots.get(key)
    const batches: IDBRequest<StoredBatch[]> = store.getAll(within(...key))
    return () => row.result && { ...row.result, found: 'kept', batches: batches.result }
  })
}

/** Goes on with a slot whose lock is ours. */
export function openSlot(
  database: IDBDatabase,
  key: SlotKey,
  { id, epoch, next, first, found, batches }: SlotContent,
  unlock: Unlock,
): OutboxSlot {
  let numbers = { id, epoch, next, first }
  const put = (store: IDBObjectStore, { sequence, records }: StoredBatch): void => {
    store.put({ sequence, records: records.map(withoutRest) } satisfies StoredBatch, [...key, sequence])
  }
  const write = async (
    changed: Partial<typeof numbers>,
    durability: 'strict' | 'relaxed',
    change: (store: IDBObjectStore) => void,
  ): Promise<void> => {
    const wanted = { ...numbers, ...changed }
    await transact(database, 'readwrite', durability, (slots, store) => {
      slots.put({ ...wanted, used: Date.now() } satisfies SlotRow, key)
      change(store)
      return () => undefined
    })
    numbers = wanted
  }
  return {
    producer: { id, epoch },
    found,
    next,
    batches,
    put: (batch) => write({ next: batch.sequence + 1 }, 'strict', (store) => put(store, batch)),
    // Not strict: what is back after a power cut is sent again under its number.
    acknowledge: (sequence) =>
      write({ first: Math.max(numbers.first, sequence + 1) }, 'relaxed', (store) => {
        store.delete(IDBKeyRange.bound(key, [...key, sequence]))
      }),
    renumber: (later, waiting) =>
      write(
        { epoch: later, first: waiting[0]?.sequence ?? 0, next: (waiting.at(-1)?.sequence ?? -1) + 1 },
        'strict',
        (store) => {
          store.delete(within(...key))
          for (const batch of waiting) put(store, batch)
        },
      ),
    release: unlock,
  }
}

/** Everything under these words: in IndexedDB's order of keys an array comes behind every number and text. */
function within(...words: string[]): IDBKeyRange {
  return IDBKeyRange.bound(words, [...words, []])
}

/** A view is cloned with all of the buffer behind it: a record of ten bytes out of a chunk of 64 KiB would take 64 KiB. */
function withoutRest(record: string | Uint8Array): string | Uint8Array {
  return typeof record === 'string' || record.byteLength === record.buffer.byteLength ? record : record.slice()
}
