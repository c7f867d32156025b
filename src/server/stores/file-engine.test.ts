import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { manualClock } from '../testing/manual-clock.ts'
import { FileStore, fileStore } from './file-store.ts'
import { openDatabase } from './sqlite-database.ts'
import { acceptSchema } from './sqlite-schema.ts'
import type { AppendRequest, StreamStore } from './store.ts'
import { rulesFrom } from './store-options.ts'

const directory = mkdtempSync(join(tmpdir(), 'statewire-'))
afterAll(() => rmSync(directory, { recursive: true }))

let files = 0
const nextPath = () => join(directory, `${++files}.db`)

const QUOTA = { streams: Infinity, ofOwner: Infinity }
const CONFIG = { contentType: 'text/plain', ttlMs: null, expiresAt: null, owner: null }
const create = (store: StreamStore, path: string) =>
  store.create(path, { config: CONFIG, records: ['1'], closed: false, quota: QUOTA })

const appending = (body: string): AppendRequest => ({
  records: [body],
  essence: null,
  producer: null,
  principal: null,
  streamSeq: null,
  idempotencyKey: null,
  fingerprint: null,
  close: false,
})

/** A store over a database that the test has its hands on too. */
function openedStore(path = nextPath()): { store: StreamStore; database: DatabaseSync } {
  const database = openDatabase(path, acceptSchema)
  return { store: new FileStore(database, rulesFrom({ clock: manualClock() }, Infinity), 'full'), database }
}

describe('opening a file', () => {
  test('makes it and its log readable for their owner only, also when they were not', async () => {
    const path = nextPath()
    for (let round = 0; round < 2; round++) {
      const store = fileStore({ path })
      await create(store, 'a')
      for (const name of [path, `${path}-wal`]) expect(statSync(name).mode & 0o777).toBe(0o600)
      await store.close()
    }
  })

  test.each([
    [
      'is no database',
      (path: string) => writeFileSync(path, 'not a database at all, but long enough to be one'.repeat(50)),
    ],
    [
      'is another program’s database',
      (path: string) => {
        const other = new DatabaseSync(path)
        other.exec('CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)')
        other.close()
      },
    ],
    [
      'was written by a newer version',
      (path: string) => {
        openedStore(path).database.close()
        const newer = new DatabaseSync(path)
        newer.exec('PRAGMA user_version = 2')
        newer.close()
      },
    ],
    [
      'has lost its ledger',
      (path: string) => {
        openedStore(path).database.close()
        const damaged = new DatabaseSync(path)
        damaged.exec('DELETE FROM ledger')
        damaged.close()
      },
    ],
  ])('refuses one that %s, and leaves it as it is', (_what, write) => {
    const path = nextPath()
    write(path)
    const size = statSync(path).size
    for (let round = 0; round < 2; round++)
      expect(() => fileStore({ path })).toThrow(expect.objectContaining({ name: 'StoreError', code: 'broken' }))
    expect(statSync(path).size).toBe(size)
  })

  test.each([
    ['in no directory', 'missing/a.db'],
    ['that is a directory', '.'],
  ])('refuses one %s', (_what, name) => {
    expect(() => fileStore({ path: join(directory, name) })).toThrow(
      expect.objectContaining({ name: 'StoreError', code: 'unavailable' }),
    )
  })

  test('takes names that mean something to SQLite as names', async () => {
    const before = process.cwd()
    process.chdir(directory)
    for (const path of [':memory:', 'file:a?mode=memory']) {
      const store = fileStore({ path })
      await create(store, 'a')
      await store.close()
      expect(statSync(join(directory, path)).size).toBeGreaterThan(0)
    }
    process.chdir(before)
  })

  test('says in one sentence what is missing where Node has no SQLite', () => {
    const load = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    expect(() => fileStore({ path: nextPath() })).toThrow(
      'fileStore() needs the SQLite that comes with Node 22.13 or newer.',
    )
    load.mockRestore()
  })

  test('refuses options that are no numbers above 0', () => {
    for (const options of [{ bytes: 0 }, { producers: Number.NaN }, { retention: { records: -1 } }])
      expect(() => fileStore({ path: nextPath(), ...options })).toThrow(RangeError)
  })
})

describe('a file that takes no more', () => {
  test('is degraded, still read, and usable by itself when it does again', async () => {
    const { store, database } = openedStore()
    await create(store, 'a')
    const pages = database.prepare('PRAGMA page_count').get()?.page_count
    database.exec(`PRAGMA max_page_count = ${pages}`)
    const outcomes = await Promise.allSettled(
      ['small', 'x'.repeat(100_000), 'small'].map((body) => store.append('a', appending(body))),
    )
    expect(outcomes).toMatchObject([
      { status: 'fulfilled', value: { kind: 'appended', head: { tail: 2 } } },
      { status: 'rejected', reason: { name: 'StoreError', code: 'full' } },
      { status: 'fulfilled', value: { kind: 'appended', head: { tail: 3 } } },
    ])
    await expect(store.append('a', appending('x'.repeat(100_000)))).rejects.toMatchObject({ code: 'full' })
    expect(await store.ready()).toMatchObject({ state: 'degraded' })
    await store.sweep()
    expect(await store.ready()).toMatchObject({ state: 'degraded' })
    expect(await store.head('a')).toMatchObject({ tail: 3 })

    database.exec('PRAGMA max_page_count = 100000')
    expect(await store.ready()).toMatchObject({ state: 'usable' })
    expect(await store.append('a', appending('x'.repeat(100_000)))).toMatchObject({
      kind: 'appended',
      head: { tail: 4 },
    })
    await store.close()
  })

  test('is told apart from one that is damaged, which is down', async () => {
    const { store, database } = openedStore()
    await create(store, 'a')
    await store.close()
    const path = nextPath()
    const damaged = openedStore(path)
    await create(damaged.store, 'a')
    await damaged.store.close()
    const other = new DatabaseSync(path)
    other.exec("UPDATE streams SET terms = 'nonsense'")
    other.close()
    const store2 = fileStore({ path })
    await expect(store2.head('a')).rejects.toMatchObject({ name: 'StoreError', code: 'broken' })
    expect(await store2.ready()).toMatchObject({ state: 'down' })
    expect(database.isOpen).toBe(false)
    await store2.close()
  })
})

describe('what a group has done', () => {
  test('is seen by no read before the commit, and by every one after it', async () => {
    const { store } = openedStore()
    await create(store, 'a')
    const append = store.append('a', appending('2'))
    expect(await store.head('a')).toMatchObject({ tail: 1 })
    await append
    expect(await store.head('a')).toMatchObject({ tail: 2 })
    await store.close()
  })

  test('is taken back in the totals too when the group fails', async () => {
    const { store, database } = openedStore()
    await create(store, 'a')
    database.exec(`PRAGMA max_page_count = ${database.prepare('PRAGMA page_count').get()?.page_count}`)
    const quota = { streams: 3, ofOwner: 2 }
    const config = { ...CONFIG, owner: 'ann' }
    const outcomes = await Promise.allSettled([
      store.create('b', { config, records: [], closed: false, quota }),
      store.create('c', { config, records: ['x'.repeat(500_000)], closed: false, quota }),
      store.create('d', { config, records: [], closed: false, quota }),
      store.create('e', { config, records: [], closed: false, quota }),
    ])
    expect(outcomes).toMatchObject([
      { value: { kind: 'created' } },
      { reason: { code: 'full' } },
      { value: { kind: 'created' } },
      { value: { kind: 'quota', of: 'streams' } },
    ])
    await store.close()
  })
})
