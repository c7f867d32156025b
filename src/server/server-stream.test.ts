import { describe, expect, test } from 'vitest'
import { createStreamServer, type StreamServerOptions } from './index.ts'
import { manualClock } from './testing/manual-clock.ts'

const create = (options: Partial<StreamServerOptions> = {}) => createStreamServer({ allowAnonymous: true, ...options })
const valuesOf = (records: readonly { readonly value: unknown }[]) => records.map((record) => record.value)

describe('a stream in the process', () => {
  test('appends, reads and tells both ends', () => {
    const room = create().stream('rooms/42')
    expect([room.tail.seq, room.earliest.seq, room.closed]).toEqual([0, 0, false])
    const first = room.append({ n: 1 })
    expect(room.append('two', null)).toEqual({ seq: 3, offset: room.tail.offset })
    expect(first.offset < room.tail.offset).toBe(true)
    expect(room.read()).toMatchObject([
      { seq: 1, offset: first.offset, value: { n: 1 } },
      { seq: 2, value: 'two' },
      { seq: 3, value: null },
    ])
    expect(valuesOf(room.read(1, 1))).toEqual(['two'])
    expect([room.read(3), room.read(99)]).toEqual([[], []])
  })

  test('tells its subscribers in the same turn, each isolated from the other', () => {
    const reports: unknown[] = []
    const room = create({ report: (error) => reports.push(error) }).stream('a')
    const heard: unknown[] = []
    const failure = new Error('listener')
    room.subscribe(() => {
      throw failure
    })
    const unsubscribe = room.subscribe((records) => heard.push(...valuesOf(records)))
    room.append(1, 2)
    unsubscribe()
    room.append(3)
    expect([heard, reports]).toEqual([
      [1, 2],
      [failure, failure],
    ])
  })

  test('tells every subscriber in order, also when one appends in its turn', () => {
    const room = create().stream('a')
    const heard: unknown[] = []
    room.subscribe(([record]) => {
      if (Number(record?.value) < 3) room.append(Number(record?.value) + 1)
    })
    room.subscribe((records) => heard.push(...valuesOf(records)))
    room.append(1)
    expect(heard).toEqual([1, 2, 3])
  })

  test('keeps its own copy of bytes', () => {
    const room = create().stream('a', 'image/png')
    const bytes = new Uint8Array([1])
    room.append(bytes)
    bytes[0] = 2
    expect(valuesOf(room.read())).toEqual([Buffer.from([1])])
  })

  test('keeps as many records, bytes and hours as it was told, and the newest record whatever its size', () => {
    const clock = manualClock()
    const server = create({ clock, retention: { records: 3, bytes: 100, ageMs: 1000 } })
    const room = server.stream('a')
    room.append(1, 2, 3, 4)
    expect(valuesOf(room.read())).toEqual([2, 3, 4])
    room.append('x'.repeat(90), 'y'.repeat(200))
    expect(valuesOf(room.read())).toEqual(['y'.repeat(200)])
    clock.advance(600)
    room.append('later')
    clock.advance(500)
    expect([valuesOf(room.read()), room.earliest.seq]).toEqual([['later'], 6])
    clock.advance(501)
    expect([room.read(), room.earliest.seq, room.tail.seq]).toEqual([[], 7, 7])
  })

  test('forgets what it is told to forget, however often', () => {
    const room = create().stream('a')
    room.append(...Array.from({ length: 5000 }, (_, index) => index + 1))
    for (let through = 1; through <= 4000; through++) room.trim(through)
    expect([room.earliest.seq, room.read(0, 2)]).toMatchObject([4000, [{ seq: 4001, value: 4001 }, { seq: 4002 }]])
    room.trim(10_000)
    expect([room.earliest.seq, room.tail.seq, room.read()]).toEqual([5000, 5000, []])
  })

  test('refuses what does not fit it', () => {
    const server = create({ maxStreams: 3 })
    expect(() => server.stream('a').append(undefined)).toThrow(TypeError)
    expect(() => server.stream('text', 'text/plain').append(1)).toThrow(TypeError)
    expect(() => server.stream('bytes', 'image/png').append('x')).toThrow(TypeError)
    expect(() => server.stream('one-more')).toThrow('no more streams')
    for (const path of ['', '/a', 'a//b', '..', '__ds/x']) expect(() => server.stream(path)).toThrow('stream path')
    const closed = server.stream('a')
    closed.append(1)
    closed.close()
    expect(() => closed.append(2)).toThrow('closed')
  })

  test('appends all or nothing', () => {
    const room = create().stream('a')
    expect(() => room.append(1, undefined)).toThrow(TypeError)
    expect(room.tail.seq).toBe(0)
  })

  test('is another generation each time it is created, also within one millisecond and when the clock goes back', () => {
    let now = Date.UTC(2026, 0, 2)
    const clock = { ...manualClock(), now: () => now }
    const room = create({ clock }).stream('a')
    const generations = [room.tail.offset]
    for (const step of [0, 0, -60_000, 5]) {
      now += step
      room.delete()
      generations.push(room.tail.offset)
    }
    expect([...generations].sort()).toEqual(generations)
    expect(new Set(generations).size).toBe(generations.length)
  })
})

describe('createStreamServer', () => {
  test('wants it in writing that everyone may come in', () => {
    const untyped = (options: unknown): unknown => Reflect.apply(createStreamServer, undefined, [options])
    for (const options of [undefined, {}, { allowAnonymous: false }, { allowAnonymous: 1 }])
      expect(() => untyped(options)).toThrow('allowAnonymous: true')
  })

  test('refuses origins and numbers that mean nothing', () => {
    for (const origin of ['*', 'app.example', 'https://app.example/', 'null'])
      expect(() => create({ origins: [origin] })).toThrow('origin')
    expect(() => create({ longPollMs: 0 })).toThrow('longPollMs')
    expect(() => create({ retention: { bytes: Number.NaN } })).toThrow('retention.bytes')
  })
})
