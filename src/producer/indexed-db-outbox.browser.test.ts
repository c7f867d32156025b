import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { indexedDbOutbox } from './indexed-db-outbox.ts'
import { producerId } from './producer-id.ts'
import type { OutboxStorage } from './storage.ts'
import { batch, claimed, heir, reclaimed, STREAM, until } from './storage-contract/rig.ts'
import { storageContract } from './storage-contract.ts'

const WEEK = 7 * 24 * 60 * 60 * 1000

interface Place {
  readonly name: string
  open(): OutboxStorage
  /** What the outboxes call their database. */
  readonly database: string
}

function makePlace(): Place {
  const name = producerId()
  const database = `statewire-outbox:${name}`
  onTestFinished(() => deleted(database))
  return { name, database, open: () => indexedDbOutbox(name) }
}

storageContract('the outbox of browsers', makePlace)

/** Resolves when the database is gone: it would wait for a page that keeps it open. */
function deleted(database: string): Promise<void> {
  return settled(indexedDB.deleteDatabase(database)).then(() => undefined)
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Everything that lies in a store. */
async function rowsOf(database: string, store: 'slots' | 'batches'): Promise<unknown[]> {
  const connection = await settled(indexedDB.open(database))
  const rows = await settled(connection.transaction(store).objectStore(store).getAll())
  connection.close()
  return rows
}

/** How many locks of this place are held, and waited for. Earlier tests hold theirs still. */
async function locksOf({ name }: Place): Promise<{ held: number; awaited: number }> {
  const { held = [], pending = [] } = await navigator.locks.query()
  const count = (locks: LockInfo[]): number => locks.filter((each) => each.name?.includes(name)).length
  return { held: count(held), awaited: count(pending) }
}

function today(time: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: time })
  onTestFinished(() => {
    vi.useRealTimers()
  })
}

describe('what the browser does to it', () => {
  test('a database that is deleted underneath fails what is put into it, and the next claim makes another', async () => {
    const { open, database } = makePlace()
    const storage = open()
    const slot = await claimed(storage, 1)
    await deleted(database)
    await expect(slot.put(batch(1))).rejects.toMatchObject({ name: 'TransportError', code: 'outbox_failed' })
    await expect(slot.acknowledge(0)).rejects.toMatchObject({ code: 'outbox_failed' })
    await expect(slot.renumber(1, [])).rejects.toMatchObject({ code: 'outbox_failed' })
    await slot.release()
    expect(await storage.claim(STREAM, slot.producer)).toMatchObject({ found: 'lost', batches: [] })
  })

  test('a database of a later version is left alone, and asked again at the next claim', async () => {
    const { open, database } = makePlace()
    const later = await settled(indexedDB.open(database, 2))
    const storage = open()
    await expect(storage.claim(STREAM)).rejects.toMatchObject({
      code: 'outbox_failed',
      message: 'The outbox cannot use its database (VersionError).',
    })
    later.close()
    await deleted(database)
    expect(await storage.claim(STREAM)).toMatchObject({ found: 'new' })
  })

  test('a put whose transaction is undone at its end is not resolved by what succeeded before', async () => {
    const storage = makePlace().open()
    const slot = await claimed(storage, 1)
    const original = IDBObjectStore.prototype.put
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...given) {
      const request = original.apply(this, given)
      request.onsuccess = () => this.transaction.abort()
      return request
    })
    await expect(slot.put(batch(1))).rejects.toMatchObject({ code: 'outbox_failed' })
    put.mockRestore()
    await slot.put(batch(1))
    expect(await reclaimed(storage, slot)).toMatchObject({ next: 2, batches: [batch(0), batch(1)] })
  })

  test('a batch that cannot be stored leaves everything as it was', async () => {
    const storage = makePlace().open()
    const slot = await claimed(storage, 2)
    const gone = new Uint8Array(4)
    structuredClone(gone, { transfer: [gone.buffer] })
    const bad = { sequence: 2, records: ['before', gone] }
    await expect(slot.put(bad)).rejects.toMatchObject({
      code: 'outbox_failed',
      message: 'The outbox cannot use its database (DataCloneError).',
    })
    await expect(slot.renumber(1, [batch(0), { ...bad, sequence: 1 }])).rejects.toMatchObject({ code: 'outbox_failed' })
    expect(await reclaimed(storage, slot)).toMatchObject({
      next: 2,
      batches: [batch(0), batch(1)],
      producer: { epoch: 0 },
    })
  })

  test('a record that is a part of a large buffer takes no more room than it has bytes', async () => {
    const { open, database } = makePlace()
    const slot = await claimed(open())
    await slot.put({ sequence: 0, records: [new Uint8Array(65_536).subarray(10, 20)] })
    const [row] = await rowsOf(database, 'batches')
    expect(row).toMatchObject({ records: [{ byteLength: 10, buffer: { byteLength: 10 } }] })
  })

  test('acknowledged batches leave nothing in the database', async () => {
    const { open, database } = makePlace()
    const slot = await claimed(open(), 5)
    await slot.acknowledge(3)
    expect(await rowsOf(database, 'batches')).toEqual([batch(4)])
    await slot.renumber(1, [])
    expect(await rowsOf(database, 'batches')).toEqual([])
  })
})

describe('the locks', () => {
  test('nobody waits for one after the last heir has stopped', async () => {
    const place = makePlace()
    await claimed(place.open(), 1)
    await claimed(place.open(), 1)
    const heirs = [heir(place), heir(place)]
    await until(place, async () => (await locksOf(place)).awaited === 4)
    for (const { stop } of heirs) stop()
    await until(place, async () => (await locksOf(place)).awaited === 0)
  })

  test('an heir that stops before it has seen the list waits for none either', async () => {
    const place = makePlace()
    const held = await claimed(place.open(), 1)
    const { stop, taken } = heir(place)
    stop()
    await held.release()
    const next = await place.open().claim(STREAM)
    expect(next.producer).toEqual(held.producer)
    await until(place, async () => (await locksOf(place)).awaited === 0)
    expect(taken).toEqual([])
  })

  test('an heir waits again for a slot that was empty before, once it has another owner', async () => {
    const place = makePlace()
    const first = await claimed(place.open())
    const { got } = heir(place)
    await until(place, async () => (await locksOf(place)).awaited === 1)
    await first.release()
    await until(place, async () => (await locksOf(place)).held === 0)
    const second = await claimed(place.open(), 1)
    expect(second.producer).toEqual(first.producer)
    await second.release()
    expect((await got(1))[0]?.batches).toEqual([batch(0)])
  })

  test('an heir that fails at what it was given gives the slot back', async () => {
    const place = makePlace()
    const slot = await claimed(place.open(), 1)
    const asked = vi.fn(() => {
      throw new Error('not now')
    })
    const stop = place.open().inherit?.(STREAM, asked)
    onTestFinished(() => stop?.())
    await slot.release()
    await until(place, () => asked.mock.calls.length === 1)
    await until(place, async () => (await place.open().claim(STREAM)).producer.id === slot.producer.id)
  })

  test('where there are none, nothing is kept, and it says so', async () => {
    Object.defineProperty(navigator, 'locks', { configurable: true, value: undefined })
    onTestFinished(() => {
      Reflect.deleteProperty(navigator, 'locks')
    })
    const storage = makePlace().open()
    expect(storage.survives).toBe(false)
    const slot = await storage.claim(STREAM)
    await slot.put(batch(0))
    expect(await storage.claim(STREAM, slot.producer)).toMatchObject({ found: 'lost', producer: { epoch: 1 } })
  })
})

describe('a slot that nobody used for a week', () => {
  test('is cleared away at the next claim when nothing waits in it', async () => {
    const { open, database } = makePlace()
    const slots = [await claimed(open(), 1), await claimed(open(), 1), await claimed(open(), 1)]
    const [emptied, waiting, held] = slots
    await emptied?.acknowledge(0)
    await held?.acknowledge(0)
    await emptied?.release()
    await waiting?.release()
    today(Date.now() + WEEK + 60_000)
    expect((await open().claim(STREAM)).producer).toEqual(waiting?.producer)
    expect(await rowsOf(database, 'slots')).toHaveLength(1)
    // Of the one that is held, too, the row had nothing to say any more.
    await held?.put(batch(1))
    await held?.release()
    expect(await open().claim(STREAM)).toMatchObject({ found: 'kept', producer: held?.producer, batches: [batch(1)] })
  })

  test('is there for another day before', async () => {
    const { open } = makePlace()
    const slot = await claimed(open())
    await slot.release()
    today(Date.now() + WEEK - 60_000)
    expect(await open().claim(STREAM)).toMatchObject({ found: 'kept', producer: slot.producer })
  })

  test('counts from its last acknowledgement', async () => {
    const { open } = makePlace()
    const slot = await claimed(open(), 1)
    today(Date.now() + WEEK)
    await slot.acknowledge(0)
    await slot.release()
    vi.setSystemTime(Date.now() + 60_000)
    expect(await open().claim(STREAM)).toMatchObject({ found: 'kept', producer: slot.producer })
  })

  test('is still there for whoever names it first', async () => {
    const { open } = makePlace()
    const slot = await claimed(open(), 1)
    await slot.acknowledge(0)
    await slot.release()
    today(Date.now() + 2 * WEEK)
    expect(await open().claim(STREAM, slot.producer)).toMatchObject({ found: 'kept', next: 1 })
  })
})
