import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { memoryStore } from '../stores/memory-store.ts'
import type { AppendRequest, CreateRequest, StoreHint, StreamStore } from '../stores/store.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { shapedStore } from '../testing/shaped-store.ts'
import { TimerWheel } from '../timer-wheel.ts'
import { Hub } from './hub.ts'
import { ReadQueue } from './read-queue.ts'
import { Ring } from './ring.ts'
import { Waking } from './waking.ts'

const record = (seq: number, size = 1) => ({ seq, at: 0, size, body: String(seq) })
const records = (from: number, to: number, size = 1) =>
  Array.from({ length: to - from + 1 }, (_, index) => record(from + index, size))
const ALL = { records: 1_000, bytes: Number.POSITIVE_INFINITY }

const appending = (...bodies: string[]): AppendRequest => ({
  records: bodies,
  essence: null,
  producer: null,
  principal: null,
  streamSeq: null,
  idempotencyKey: null,
  fingerprint: null,
  close: false,
})

const creating: CreateRequest = {
  config: { contentType: 'application/json', ttlMs: null, expiresAt: null, owner: null },
  records: [],
  closed: false,
  quota: { streams: 100, ofOwner: 100 },
}

describe('a ring', () => {
  test('gives what follows a position, as much as fits, and nothing when the next record is not in it', () => {
    const ring = new Ring()
    ring.append(records(5, 9, 10))
    expect(ring.after(4, ALL)?.map(({ seq }) => seq)).toEqual([5, 6, 7, 8, 9])
    expect(ring.after(6, { records: 2, bytes: 100 })?.map(({ seq }) => seq)).toEqual([7, 8])
    expect(ring.after(6, { records: 9, bytes: 25 })?.map(({ seq }) => seq)).toEqual([7, 8])
    expect(ring.after(6, { records: 9, bytes: 1 })?.map(({ seq }) => seq)).toEqual([7])
    expect([ring.after(3, ALL), ring.after(9, ALL), ring.after(99, ALL)]).toEqual([null, null, null])
  })

  test('keeps the newest 256 records or 1 MiB, the newest in any case, and starts anew after a hole', () => {
    const ring = new Ring()
    ring.append(records(1, 300))
    expect([ring.after(43, ALL), ring.after(44, ALL)?.length]).toEqual([null, 256])
    ring.append(records(301, 303, 500_000))
    expect([ring.after(300, ALL), ring.after(301, ALL)?.length, ring.bytes]).toEqual([null, 2, 1_000_000])
    ring.append([record(304, 3_000_000)])
    expect([ring.after(302, ALL), ring.after(303, ALL)?.length]).toEqual([null, 1])
    ring.append([record(400)])
    expect([ring.after(303, ALL), ring.after(399, ALL)?.length, ring.bytes]).toEqual([null, 1, 1])
  })
})

describe('waking', () => {
  test('wakes everybody once for what comes in one turn, 512 a turn, and once more for what came meanwhile', async () => {
    const waking = new Waking({ clock: manualClock(), batchMs: 0 })
    let woken = 0
    const turns: number[] = []
    for (let reader = 0; reader < 1_200; reader++) waking.add(() => void woken++)
    waking.wake()
    waking.wake()
    expect(woken).toBe(0)
    await Promise.resolve()
    turns.push(woken)
    waking.wake()
    for (let before = -1; woken > before && woken < 2_400; turns.push(woken)) {
      before = woken
      await turn()
    }
    // Fewer when the machine is busy: a turn also has an end in time. Two of ours may fall into one turn of the test.
    for (const [index, total] of turns.entries()) expect(total - (turns[index - 1] ?? 0)).toBeLessThanOrEqual(1_024)
    expect(turns[0]).toBeLessThanOrEqual(512)
    await turn()
    expect(woken).toBe(2_400)
  })

  test('gathers for as long as it is told', () => {
    const clock = manualClock()
    const waking = new Waking({ clock, batchMs: 25 })
    let woken = 0
    waking.add(() => void woken++)
    waking.wake()
    clock.advance(24)
    waking.wake()
    expect(woken).toBe(0)
    clock.advance(1)
    expect([woken, clock.pending]).toEqual([1, 0])
  })
})

describe('the read queue', () => {
  test('reads 32 at once, in order, and what is wanted twice at the same time once', async () => {
    const order: string[] = []
    const pending: (() => void)[] = []
    const store = {
      async read(path: string) {
        order.push(path)
        await new Promise<void>((resolve) => pending.push(resolve))
        return null
      },
    } as unknown as StreamStore
    const queue = new ReadQueue(store)
    const paths = Array.from({ length: 100 }, (_, index) => `s${index}`)
    const reads = paths.flatMap((path) => [queue.read(path, 0), queue.read(path, 0)])
    await turn()
    expect([order.length, queue.size]).toEqual([32, 100])
    while (order.length < 100 || pending.length > 0) {
      const most = pending.length
      expect(most).toBeLessThanOrEqual(32)
      pending.shift()?.()
      await turn()
    }
    await Promise.all(reads)
    expect([order, queue.size]).toEqual([paths, 0])
  })

  test('lets the next one go when one fails', async () => {
    let calls = 0
    const store = {
      read: () => (++calls <= 32 ? Promise.reject(new Error('down')) : Promise.resolve(null)),
    } as unknown as StreamStore
    const queue = new ReadQueue(store)
    const reads = Array.from({ length: 40 }, (_, index) => queue.read('a', index))
    const outcomes = await Promise.allSettled(reads)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(32)
    expect(queue.size).toBe(0)
  })
})

describe('the hub', () => {
  function rig(ringBytes = 1_000_000, given?: StreamStore) {
    const clock = manualClock()
    const store = given ?? memoryStore({ clock })
    const reports: unknown[] = []
    const report = (error: unknown): void => void reports.push(error)
    const wheel = new TimerWheel(clock, { report })
    return { clock, store, reports, hub: new Hub({ store, clock, wheel, batchMs: () => 0, ringBytes, report }) }
  }

  test('holds a stream once, however many join it, and for 30 s after the last has left', async () => {
    const { hub, store, clock } = rig()
    expect(await hub.join('a')).toBeNull()
    await store.create('a', creating)
    const [one, other] = await Promise.all([hub.join('a'), hub.join('a')])
    expect([one === other, one?.members, hub.size]).toEqual([true, 2, 1])
    if (one === null) throw new Error('unreachable')
    hub.leave(one)
    hub.leave(one)
    clock.advance(29_900)
    expect(await hub.join('a')).toBe(one)
    hub.leave(one)
    clock.advance(29_900)
    expect(hub.size).toBe(1)
    clock.advance(300)
    expect([hub.size, one.state]).toEqual([0, 'gone'])
  })

  test('hears what is appended while it is still joining', async () => {
    const { hub, store } = rig()
    await store.create('a', creating)
    const joining = hub.join('a')
    void store.append('a', appending('1'))
    const stream = await joining
    expect(stream?.head.tail).toBe(1)
  })

  describe('when hints are lost', () => {
    /** Tells hints until told not to, and counts the looks at the store. */
    async function joined() {
      const seen = { looks: 0, hints: true, fails: false }
      const inner = shapedStore({})
      const { clock, ...parts } = rig(1_000_000, {
        ...inner,
        watch: (listener: (hint: StoreHint) => void) => inner.watch((hint) => seen.hints && listener(hint)),
        head(path) {
          seen.looks++
          return seen.fails ? Promise.reject(new Error('down')) : inner.head(path)
        },
      })
      await parts.store.create('a', creating)
      const stream = await parts.hub.join('a')
      if (stream === null) throw new Error('unreachable')
      seen.looks = 0
      const pass = async (milliseconds: number): Promise<void> => {
        clock.advance(milliseconds)
        await turn()
      }
      return { ...parts, seen, stream, pass }
    }

    test('finds records and an end within 10 s, and wakes who waits', async () => {
      const { store, stream, seen, pass } = await joined()
      let woken = 0
      stream.readers.add(() => void woken++)
      seen.hints = false
      await store.append('a', appending('1', '2'))
      await pass(9_000)
      expect([stream.head.tail, seen.looks]).toEqual([0, 0])
      await pass(1_000)
      expect([stream.head.tail, woken, stream.page(0, ALL)]).toEqual([2, 1, null])
      await store.append('a', { ...appending(), close: true })
      await pass(10_000)
      expect([stream.state, woken]).toEqual(['closed', 2])
    })

    test('finds out within 10 s that the stream is gone, or another one', async () => {
      const { hub, store, stream, seen, pass } = await joined()
      seen.hints = false
      await store.delete('a')
      await pass(10_000)
      expect([stream.state, hub.size]).toEqual(['gone', 0])
      await store.create('a', creating)
      const next = await hub.join('a')
      await store.delete('a')
      await store.create('a', creating)
      await pass(10_000)
      expect([next?.state, hub.size]).toEqual(['gone', 0])
    })

    test('looks once a stream, however many read it, not at what it hears of, and on when the store fails', async () => {
      const { hub, store, stream, seen, reports, pass } = await joined()
      for (let reader = 0; reader < 100; reader++) await hub.join('a')
      for (let second = 0; second < 30; second++) {
        await store.append('a', appending('1'))
        await pass(1_000)
      }
      expect([stream.head.tail, seen.looks]).toEqual([30, 0])
      for (let second = 0; second < 30; second++) await pass(1_000)
      expect(seen.looks).toBe(3)
      seen.fails = true
      await pass(10_000)
      expect(reports).toHaveLength(1)
      Object.assign(seen, { fails: false, hints: false })
      await store.append('a', appending('1'))
      await pass(10_000)
      expect(stream.head.tail).toBe(31)
    })
  })

  test('sees a stream that is created again as another one', async () => {
    const { hub, store } = rig()
    await store.create('a', creating)
    const old = await hub.join('a')
    await store.delete('a')
    expect([old?.state, await hub.join('a')]).toEqual(['gone', null])
    await store.create('a', creating)
    const next = await hub.join('a')
    expect([next?.state, next?.gen === old?.gen, next?.alias === old?.alias]).toEqual(['open', false, false])
  })

  test('gives up the rings of those that have not grown for longest', async () => {
    const { hub, store } = rig(10)
    for (const path of ['a', 'b']) await store.create(path, creating)
    const [a, b] = [await hub.join('a'), await hub.join('b')]
    await store.append('a', appending('12345'))
    await store.append('b', appending('12345'))
    expect([hub.ringBytes, a?.page(0, ALL)?.to]).toEqual([10, 1])
    await store.append('b', appending('6'))
    expect([hub.ringBytes, a?.page(0, ALL), b?.page(0, ALL)?.to]).toEqual([6, null, 2])
  })

  test('keeps a stream alive for as long as somebody reads it', async () => {
    const { hub, store, clock } = rig()
    await store.create('a', { ...creating, config: { ...creating.config, ttlMs: 2_000 } })
    const stream = await hub.join('a')
    for (let second = 0; second < 20; second++) {
      clock.advance(1_000)
      await store.sweep()
    }
    expect(stream?.state).toBe('open')
    if (stream) hub.leave(stream)
    for (let second = 0; second < 3; second++) {
      clock.advance(1_000)
      await store.sweep()
    }
    expect(stream?.state).toBe('gone')
  })
})
