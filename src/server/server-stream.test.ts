import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createStreamServer, type StreamServerOptions } from './index.ts'
import { manualClock } from './testing/manual-clock.ts'

const create = (options: Partial<StreamServerOptions> = {}) => createStreamServer({ allowAnonymous: true, ...options })
const valuesOf = (records: readonly { readonly value: unknown }[]) => records.map((record) => record.value)

describe('a stream in the process', () => {
  test('appends, reads and tells both ends', async () => {
    const room = create().stream('rooms/42')
    expect([await room.status(), await room.read()]).toEqual([null, []])
    expect(await room.create()).toMatchObject({
      tail: { seq: 0 },
      earliest: { seq: 0 },
      closed: false,
    })
    const first = await room.append({ n: 1 })
    const last = await room.append('two', null)
    expect(last.seq).toBe(3)
    expect(first.offset < last.offset).toBe(true)
    expect(await room.read()).toMatchObject([
      { seq: 1, offset: first.offset, value: { n: 1 } },
      { seq: 2, value: 'two' },
      { seq: 3, value: null },
    ])
    expect(await room.status()).toMatchObject({ tail: last, contentType: 'application/json', bytes: 16 })
    expect(valuesOf(await room.read(1, 1))).toEqual(['two'])
    expect([await room.read(3), await room.read(99)]).toEqual([[], []])
  })

  test('tells its subscribers what is appended after they asked, each isolated from the other', async () => {
    const reports: unknown[] = []
    const room = create({ report: (error) => reports.push(error) }).stream('a')
    await room.append('before')
    const heard: unknown[] = []
    const failure = new Error('listener')
    room.subscribe(() => {
      throw failure
    })
    const unsubscribe = room.subscribe((records) => heard.push(...valuesOf(records)))
    await room.append(1, 2)
    await until(() => heard.length === 2 && reports.length === 1)
    unsubscribe()
    await room.append(3)
    await until(() => reports.length === 2)
    expect([heard, reports]).toEqual([
      [1, 2],
      [failure, failure],
    ])
  })

  test('tells every subscriber in order, also when one appends in its turn, and from where it wants', async () => {
    const room = create().stream('a')
    const heard: unknown[] = []
    const all: unknown[] = []
    await room.append(0)
    room.subscribe(async ([record]) => {
      if (Number(record?.value) < 3) await room.append(Number(record?.value) + 1)
    })
    room.subscribe((records) => heard.push(...valuesOf(records)))
    room.subscribe((records) => all.push(...valuesOf(records)), { after: 0 })
    await room.append(1)
    await until(() => heard.length === 3 && all.length === 4)
    expect([heard, all]).toEqual([
      [1, 2, 3],
      [0, 1, 2, 3],
    ])
  })

  test('waits for a slow listener before it tells more, and then tells all that came meanwhile', async () => {
    const room = create().stream('a')
    const heard: unknown[][] = []
    let goOn = (): void => {}
    room.subscribe((records) => {
      heard.push(valuesOf(records))
      return new Promise<void>((resolve) => (goOn = resolve))
    })
    await room.append(1)
    await until(() => heard.length === 1)
    await room.append(2)
    await room.append(3)
    expect(heard).toEqual([[1]])
    goOn()
    await until(() => heard.length === 2)
    expect(heard).toEqual([[1], [2, 3]])
  })

  test('reports a listener that was slower than the retention, and never skips in silence', async () => {
    const reports: unknown[] = []
    const server = create({ retention: { records: 2 }, report: (error) => reports.push(error) })
    const room = server.stream('a')
    const heard: unknown[] = []
    let goOn = (): void => {}
    room.subscribe((records) => {
      heard.push(...valuesOf(records))
      return new Promise<void>((resolve) => (goOn = resolve))
    })
    await room.append(1)
    await until(() => heard.length === 1)
    for (const value of [2, 3, 4, 5]) await room.append(value)
    goOn()
    await until(() => reports.length === 1)
    expect([heard, String(reports[0])]).toEqual([[1], expect.stringContaining('slower than the retention')])
  })

  test('keeps its own copy of bytes', async () => {
    const room = create().stream('a', { contentType: 'image/png' })
    const bytes = new Uint8Array([1])
    const appended = room.append(bytes)
    bytes[0] = 2
    await appended
    expect(valuesOf(await room.read()).map((value) => Buffer.from(value as Uint8Array))).toEqual([Buffer.from([1])])
  })

  test('keeps as many records and hours as it was told', async () => {
    const clock = manualClock()
    const room = create({ clock, retention: { records: 3, ageMs: 1000 } }).stream('a')
    await room.append(1, 2, 3, 4)
    expect(valuesOf(await room.read())).toEqual([2, 3, 4])
    clock.advance(1_001)
    await room.append('later')
    expect([valuesOf(await room.read()), (await room.status())?.earliest.seq]).toEqual([['later'], 4])
  })

  test('goes when its time is over', async () => {
    const clock = manualClock()
    const room = create({ clock }).stream('a', { ttlMs: 10_000 })
    await room.append(1)
    clock.advance(9_000)
    await room.append(2)
    clock.advance(9_000)
    expect((await room.status())?.tail.seq).toBe(2)
    clock.advance(1_001)
    expect(await room.status()).toBeNull()
  })

  test('forgets what it is told to forget', async () => {
    const room = create().stream('a')
    await room.append(...Array.from({ length: 500 }, (_, index) => index + 1))
    await room.trim({ through: 400 })
    expect(await room.read(0, 2)).toMatchObject([{ seq: 401, value: 401 }, { seq: 402 }])
    await room.trim({ keepRecords: 1 })
    expect(valuesOf(await room.read())).toEqual([500])
  })

  test('refuses what does not fit it', async () => {
    const server = create({ limits: { streams: 1 } })
    const text = { contentType: 'text/plain' }
    await expect(server.stream('a').append(undefined)).rejects.toThrow(TypeError)
    await expect(server.stream('text', text).append(1)).rejects.toThrow(TypeError)
    await expect(server.stream('bytes', { contentType: 'image/png' }).append('x')).rejects.toThrow(TypeError)
    for (const path of ['', '/a', 'a//b', '..', '__ds/x']) expect(() => server.stream(path)).toThrow('stream path')
    const closed = server.stream('a')
    await closed.append(1)
    await expect(server.stream('one-more').append(1)).rejects.toThrow('no more streams')
    await expect(server.stream('a', text).append('x')).rejects.toThrow('type')
    await closed.close()
    await closed.close()
    await expect(closed.append(2)).rejects.toThrow('closed')
  })

  test('appends all or nothing', async () => {
    const room = create().stream('a')
    await expect(room.append(1, undefined)).rejects.toThrow(TypeError)
    expect(await room.status()).toBeNull()
  })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

describe('createStreamServer', () => {
  test('wants it in writing that everyone may come in', () => {
    const untyped = (options: unknown): unknown => Reflect.apply(createStreamServer, undefined, [options])
    for (const options of [undefined, {}, { allowAnonymous: false }, { allowAnonymous: 1 }])
      expect(() => untyped(options)).toThrow('allowAnonymous')
  })

  test('refuses origins and numbers that mean nothing', () => {
    for (const origin of ['*', 'app.example', 'https://app.example/', 'null'])
      expect(() => create({ origins: [origin] })).toThrow('origin')
    expect(() => create({ limits: { longPollMs: 0 } })).toThrow('longPollMs')
    expect(() => create({ retention: { bytes: Number.NaN } })).toThrow('retention.bytes')
  })
})
