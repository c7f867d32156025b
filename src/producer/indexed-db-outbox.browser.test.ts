import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { indexedDbOutbox } from './indexed-db-outbox.ts'
import { prefixOf } from './indexed-db-slot.ts'
import { producerId } from './producer-id.ts'
import type { OutboxStorage } from './storage.ts'
import { batch, claimed, heir, reclaimed, STREAM, until } from './storage-contract/rig.ts'
import { storageContract } from './storage-contract.ts'

const WEEK = 7 * 24 * 60 * 60 * 1000

interface Place {
  readonly name: string
  open(): OutboxStorage
}

function makePlace(): Place {
  const name = producerId()
  onTestFinished(async () => {
    for (const database of await databasesOf({ name })) await deleted(database)
  })
  return { name, open: () => indexedDbOutbox(name) }
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

/** The names of the databases of a place: one for each slot. */
async function databasesOf({ name }: Pick<Place, 'name'>): Promise<string[]> {
  const databases = await indexedDB.databases()
  return databases.flatMap((each) => (each.name?.includes(name) ? [each.name] : []))
}

/** The only database of a place. */
async function databaseOf(place: Place): Promise<string> {
  const [database = 'none', ...others] = await databasesOf(place)
  expect(others).toEqual([])
  return database
}

/** Everything that waits in the only slot of a place. */
async function batchesOf(place: Place): Promise<unknown[]> {
  const connection = await settled(indexedDB.open(await databaseOf(place)))
  const rows = await settled(connection.transaction('batches').objectStore('batches').getAll())
  connection.close()
  return rows
}

/** Keeps a transaction on the only slot of a place busy until the returned function is called. */
async function occupied(place: Place): Promise<() => void> {
  const connection = await settled(indexedDB.open(await databaseOf(place)))
  const store = connection.transaction('batches', 'readwrite').objectStore('batches')
  let over = false
  const goOn = (): void => {
    if (over) connection.close()
    else store.count().onsuccess = goOn
  }
  goOn()
  return () => {
    over = true
  }
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
    const place = makePlace()
    const storage = place.open()
    const slot = await claimed(storage, 1)
    await deleted(await databaseOf(place))
    await expect(slot.put(batch(1))).rejects.toMatchObject({
      name: 'TransportError',
      code: 'outbox_failed',
      message: 'The outbox cannot use its database (InvalidStateError).',
    })
    await expect(slot.acknowledge(0)).rejects.toMatchObject({ code: 'outbox_failed' })
    await expect(slot.renumber(1, [])).rejects.toMatchObject({ code: 'outbox_failed' })
    await slot.release()
    expect(await storage.claim(STREAM, slot.producer)).toMatchObject({ found: 'lost', batches: [] })
  })

  test('a slot of a later version is left alone', async () => {
    const place = makePlace()
    const slot = await claimed(place.open(), 1)
    await slot.release()
    const later = await settled(indexedDB.open(await databaseOf(place), 2))
    expect(await place.open().claim(STREAM)).toMatchObject({ found: 'new' })
    expect(await place.open().claim(STREAM, slot.producer)).toMatchObject({ found: 'new' })
    expect(later.version).toBe(2)
    later.close()
  })

  test('where no database can be opened, a claim says so, and keeps no lock', async () => {
    const place = makePlace()
    const open = vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
      throw new DOMException('Not in this window.', 'SecurityError')
    })
    onTestFinished(() => open.mockRestore())
    const message = 'The outbox cannot use its database (SecurityError).'
    await expect(place.open().claim(STREAM)).rejects.toMatchObject({ code: 'outbox_failed', message })
    expect(await locksOf(place)).toEqual({ held: 0, awaited: 0 })
  })

  test('a slot in which a transaction of an earlier page never ends is passed by, and inherited when it does', async () => {
    const place = makePlace()
    const slot = await claimed(place.open(), 1)
    await slot.release()
    const end = await occupied(place)
    const { got, taken } = heir(place)
    await until(place, async () => (await locksOf(place)).held === 1)
    const other = await place.open().claim(STREAM, slot.producer)
    expect(other).toMatchObject({ found: 'new', next: 0 })
    expect(taken).toEqual([])
    end()
    expect((await got(1))[0]).toMatchObject({ producer: slot.producer, batches: [batch(0)] })
  })

  test('an heir that stops while it looks into a slot is not handed it', async () => {
    const place = makePlace()
    const slot = await claimed(place.open(), 1)
    await slot.release()
    const end = await occupied(place)
    const { taken, stop } = heir(place)
    await until(place, async () => (await locksOf(place)).held === 1)
    stop()
    end()
    await until(place, async () => (await locksOf(place)).held === 0)
    expect(taken).toEqual([])
    expect(await place.open().claim(STREAM)).toMatchObject({ producer: slot.producer, batches: [batch(0)] })
  })

  test('a claim does not wait for such a slot either when nobody else has its lock', async () => {
    const place = makePlace()
    const slot = await claimed(place.open(), 1)
    await slot.release()
    const end = await occupied(place)
    expect(await place.open().claim(STREAM)).toMatchObject({ found: 'new', next: 0 })
    end()
    expect((await heir(place).got(1))[0]).toMatchObject({ producer: slot.producer, batches: [batch(0)] })
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
    const place = makePlace()
    const slot = await claimed(place.open())
    await slot.put({ sequence: 0, records: [new Uint8Array(65_536).subarray(10, 20)] })
    const [row] = await batchesOf(place)
    expect(row).toMatchObject({ records: [{ byteLength: 10, buffer: { byteLength: 10 } }] })
  })

  test('who gives a slot up keeps no database open, and who comes too late opens none', async () => {
    const close = vi.spyOn(IDBDatabase.prototype, 'close')
    onTestFinished(() => close.mockRestore())
    const place = makePlace()
    const slot = await claimed(place.open())
    await slot.release()
    expect(close).toHaveBeenCalledTimes(1)
    const end = await occupied(place)
    await place.open().claim(STREAM)
    end()
    // The one that occupied it, and the one that came when nobody waited any more.
    await until(place, () => close.mock.calls.length === 3)
  })

  test('nothing is made of a slot that is gone by the time somebody looks', async () => {
    const place = makePlace()
    const { got } = heir(place)
    const channel = new BroadcastChannel(prefixOf(place.name, STREAM))
    channel.postMessage('gone')
    channel.close()
    const slot = await claimed(place.open(), 1)
    await slot.release()
    await got(1)
    await until(place, async () => (await databasesOf(place)).length === 1)
  })

  test('acknowledged batches leave nothing in the database', async () => {
    const place = makePlace()
    const slot = await claimed(place.open(), 5)
    await slot.acknowledge(3)
    expect(await batchesOf(place)).toEqual([batch(4)])
    await slot.renumber(1, [])
    expect(await batchesOf(place)).toEqual([])
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

  test('as many pages as before that come back at once have as many slots as before', async () => {
    const place = makePlace()
    const slots = await Promise.all(Array.from({ length: 5 }, () => claimed(place.open())))
    for (const slot of slots) await slot.release()
    const back = await Promise.all(slots.map(() => place.open().claim(STREAM)))
    expect(back.map(({ found }) => found)).toEqual(Array(5).fill('kept'))
  })

  test('a page that takes too long over its claim is not waited for', async () => {
    const place = makePlace()
    let release = (): void => {}
    const stalled = new Promise<void>((resolve) => {
      release = resolve
    })
    void navigator.locks.request(prefixOf(place.name, STREAM), () => stalled)
    expect(await place.open().claim(STREAM)).toMatchObject({ found: 'new' })
    release()
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
    const place = makePlace()
    const { open } = place
    const slots = [await claimed(open(), 1), await claimed(open(), 1), await claimed(open(), 1)]
    const [emptied, waiting, held] = slots
    await emptied?.acknowledge(0)
    await held?.acknowledge(0)
    await emptied?.release()
    await waiting?.release()
    today(Date.now() + WEEK + 60_000)
    expect((await open().claim(STREAM)).producer).toEqual(waiting?.producer)
    // The one that is held is not looked at.
    expect(await databasesOf(place)).toHaveLength(2)
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
