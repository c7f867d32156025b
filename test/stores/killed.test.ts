import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fileStore } from '../../src/server/stores/file-store.ts'
import type { AppendRequest, StreamStore } from '../../src/server/stores/store.ts'
import { chanceFrom } from '../bench/statistics.ts'
import { killWhen, start } from './child.ts'

const PRODUCERS = 4
const KILLS = 8

function freshPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'statewire-killed-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return join(directory, 'streams.db')
}

const reopened = (path: string) => fileStore({ path, retention: { records: 1_000_000, bytes: 2 ** 30 } })

/** The appends in the stream, as `producer seq`, after a look at whether each is whole and none is missing in between. */
async function appendsIn(store: StreamStore): Promise<string[]> {
  const result = await store.read('log', 0, { records: Infinity, bytes: Infinity })
  const records = result?.records ?? []
  expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1))
  expect(records.length).toBe(result?.head.tail)
  const halves = records.map(({ body }) => String(body).split(' ').slice(0, 3).join(' '))
  const appends = halves.filter((half) => half.endsWith(' first')).map((half) => half.replace(' first', ''))
  expect(halves).toEqual(appends.flatMap((append) => [`${append} first`, `${append} second`]))
  return appends
}

function retryOf(append: string, producer: string): AppendRequest {
  const seq = Number(append.split(' ')[1])
  return {
    records: ['again'],
    essence: 'text/plain',
    producer: { id: producer, epoch: 0, seq },
    principal: 'ann',
    streamSeq: null,
    idempotencyKey: append,
    fingerprint: `${seq}`,
    close: false,
  }
}

describe.each(['full', 'normal'])('a process with %s durability that is killed while it appends', (durability) => {
  test('leaves each acknowledged append exactly once, whole and in order, and knows it again', async () => {
    const seed = randomInt(2 ** 31)
    console.log(`killed with seed ${seed}`)
    const chance = chanceFrom(seed)
    const path = freshPath()
    const next = Array<number>(PRODUCERS).fill(0)
    for (let kill = 1; kill <= KILLS; kill++) {
      // From the very first moment to long after: what is killed is creation, the first commit, a group, a checkpoint.
      const lines = Math.floor(chance() * chance() * 400) + 1
      const child = start('appender.ts', path, durability, ...next.map(String))
      const said = await killWhen(child, (heard) => heard.length >= lines)
      expect(said.errors).toBe('')
      const acknowledged = said.lines.slice(1)

      const store = reopened(path)
      const appends = await appendsIn(store)
      expect(acknowledged.filter((append) => !appends.includes(append))).toEqual([])
      expect((await store.head('log'))?.terms.at(-1)?.term).toBe(kill + 1)
      for (let index = 0; index < PRODUCERS; index++) {
        const producer = `p${index}`
        const own = appends.filter((append) => append.startsWith(`${producer} `))
        expect(own).toEqual(own.map((_, seq) => `${producer} ${seq}`))
        next[index] = own.length
        for (const append of own.slice(-3))
          expect(await store.append('log', retryOf(append, producer))).toMatchObject({
            kind: 'duplicate',
            differs: false,
          })
      }
      expect(await appendsIn(store)).toEqual(appends)
      await store.close()
    }
    expect(next.every((seq) => seq > 0)).toBe(true)
  }, 60_000)
})

describe('the lock', () => {
  test('keeps a second store of this process out, and gives the file back when the first is closed', async () => {
    const path = freshPath()
    const first = fileStore({ path })
    for (let n = 0; n < 2; n++)
      expect(() => fileStore({ path })).toThrow(
        expect.objectContaining({ code: 'unavailable', message: 'The file is in use by another store.' }),
      )
    await first.close()
    await fileStore({ path }).close()
  })

  test('of another process holds as long as that lives, and is gone when it is killed', async () => {
    const path = freshPath()
    let refused: unknown = null
    const child = start('appender.ts', path, 'full', '0')
    await killWhen(child, ({ length }) => {
      if (length < 5) return false
      try {
        fileStore({ path })
      } catch (error) {
        refused = error
      }
      return true
    })
    expect(refused).toMatchObject({ name: 'StoreError', code: 'unavailable' })
    const store = fileStore({ path })
    expect(await store.ready()).toMatchObject({ state: 'usable' })
    await store.close()
  })

  test('of this process keeps another one out, which says so and ends', async () => {
    const path = freshPath()
    const store = fileStore({ path })
    const said = await killWhen(start('appender.ts', path, 'full', '0'), () => true)
    expect(said.lines).toEqual([])
    expect(said.errors).toContain('The file is in use by another store.')
    await store.close()
  })
})
