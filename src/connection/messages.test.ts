import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, test } from 'vitest'
import { createActor } from 'xstate'
import type { Deliver, Dial, Link } from '../link.ts'
import { turns, until } from '../transports/websocket-rig.ts'
import { connection } from './connection.ts'
import { type IterationOptions, type MessageIterator, messagesOf } from './messages.ts'
import { planeOf } from './planes.ts'

/** A transport that counts: it hands over the next number whenever it is asked, up to the limit that the test has set. */
class Counter {
  limit = 0
  next = 0
  #deliver: Deliver | null = null
  #resolve: (more: boolean) => void = () => {}
  readonly dial: Dial<object> = async () => {
    const link: Link = {
      protocol: 'counter',
      read: (deliver) =>
        new Promise((resolve) => {
          this.#deliver = deliver
          this.#resolve = resolve
          this.#run()
        }),
      close: () => this.#settle(false),
    }
    return link
  }

  raise(count: number): void {
    this.limit += count
    this.#run()
  }

  end(): void {
    this.#settle(false)
  }

  #run(): void {
    while (this.#deliver !== null && this.next < this.limit) {
      if (!this.#deliver({ data: `message ${this.next++}` })) this.#settle(true)
    }
  }

  #settle(more: boolean): void {
    this.#deliver = null
    this.#resolve(more)
  }
}

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

async function counting(options: IterationOptions = {}) {
  const counter = new Counter()
  const actor = createActor(connection(counter.dial), { input: {} }).start()
  cleanups.push(() => actor.stop())
  const heard: unknown[] = []
  const messages: MessageIterator = messagesOf(actor, options)
  planeOf(actor).receive(() => heard.push(counter.next))
  actor.send({ type: 'connect' })
  await until(() => actor.getSnapshot().matches('connected'))
  await turns(2)
  return { actor, counter, messages, heard }
}

/** What an iterator that has ended still hands over. */
async function rest(messages: MessageIterator): Promise<unknown[]> {
  const data: unknown[] = []
  for await (const message of messages) data.push(message.data)
  return data
}

const numbered = (...numbers: number[]): string[] => numbers.map((number) => `message ${number}`)

describe('block', () => {
  test('stops reading at the high mark and goes on at the low one, not in between', async () => {
    const { counter, messages } = await counting({ highWaterMark: 10, lowWaterMark: 2 })
    counter.raise(100)
    await turns(5)
    expect(counter.next).toBe(10)
    for (let taken = 0; taken < 7; taken++) await messages.next()
    await turns(5)
    expect(counter.next).toBe(10)
    await messages.next()
    await turns(5)
    expect(counter.next).toBe(18)
    expect(messages.dropped).toBe(0)
  })

  test('counts bytes as well as messages', async () => {
    const { counter, messages } = await counting({ highWaterBytes: 50 })
    counter.raise(100)
    await turns(5)
    // "message 0" is nine units: the sixth one reaches fifty.
    expect(counter.next).toBe(6)
    for (let taken = 0; taken < 4; taken++) await messages.next()
    await turns(5)
    expect(counter.next).toBeGreaterThan(6)
  })

  test('leaving the loop lets the others go on', async () => {
    const { counter, messages } = await counting({ highWaterMark: 1 })
    counter.raise(5)
    await turns(5)
    expect(counter.next).toBe(1)
    await messages.return?.()
    await until(() => counter.next === 5)
    expect(await messages.next()).toEqual({ done: true, value: undefined })
  })
})

describe('the policies that drop', () => {
  test.each<[IterationOptions, string[], number]>([
    [{ overflow: 'drop-oldest', highWaterMark: 3 }, numbered(7, 8, 9), 7],
    [{ overflow: 'drop-newest', highWaterMark: 3 }, numbered(0, 1, 2), 7],
    [{ overflow: 'latest' }, numbered(9), 9],
    [{ overflow: 'drop-oldest', highWaterBytes: 20 }, numbered(7, 8, 9), 7],
    [{ overflow: 'drop-newest', highWaterBytes: 20 }, numbered(0, 1, 2), 7],
  ])('%j never stops the connection, and counts what it threw away', async (options, kept, dropped) => {
    const { counter, messages, heard, actor } = await counting(options)
    counter.raise(10)
    expect(heard).toHaveLength(10)
    expect(messages.dropped).toBe(dropped)
    actor.send({ type: 'close' })
    expect(await rest(messages)).toEqual(kept)
  })

  test('whoever waits for a message gets it past the buffer', async () => {
    const { counter, messages } = await counting({ overflow: 'latest' })
    const first = messages.next()
    counter.raise(2)
    expect(await first).toMatchObject({ value: { data: 'message 0' } })
    expect(await messages.next()).toMatchObject({ value: { data: 'message 1' } })
    expect(messages.dropped).toBe(0)
  })

  test('a million messages to an iterator that nobody asks leave the heap flat', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const heap = (): number => {
      collect()
      return process.memoryUsage().heapUsed
    }
    for (const overflow of ['drop-oldest', 'drop-newest', 'latest'] as const) {
      const { counter, messages, heard } = await counting({ overflow })
      counter.raise(10_000)
      heard.length = 0
      const before = heap()
      for (let round = 0; round < 10; round++) {
        counter.raise(100_000)
        heard.length = 0
      }
      // 256 messages of 20 characters are well below 100 kB, a million of them above 50 MB.
      expect(heap() - before, overflow).toBeLessThan(500_000)
      expect(messages.dropped).toBeGreaterThanOrEqual(1_009_744)
    }
  })
})

test('error: hands over what it has, then throws, and the connection goes on without it', async () => {
  const { counter, messages, heard } = await counting({ overflow: 'error', highWaterMark: 3 })
  counter.raise(3)
  counter.raise(2)
  expect(heard).toHaveLength(5)
  for (const data of numbered(0, 1, 2)) expect(await messages.next()).toMatchObject({ value: { data } })
  await expect(messages.next()).rejects.toMatchObject({ name: 'TransportError', code: 'overflow' })
})

test('over a connection that is closed already there is nothing to iterate', async () => {
  const { actor } = await counting()
  actor.send({ type: 'close' })
  await until(() => actor.getSnapshot().status === 'done')
  expect(await rest(messagesOf(actor))).toEqual([])
})

test('the protocol’s own end comes after everything that was kept', async () => {
  const { counter, messages } = await counting()
  counter.raise(3)
  counter.end()
  expect(await rest(messages)).toEqual(numbered(0, 1, 2))
})

test.each<IterationOptions>([
  { highWaterMark: 0 },
  { highWaterMark: Number.NaN },
  { highWaterBytes: 0 },
  { highWaterMark: 4, lowWaterMark: 4 },
  { lowWaterBytes: -1 },
  { overflow: 'reconnect' as 'error' },
])('%j is refused', async (options) => {
  const { actor } = await counting()
  expect(() => messagesOf(actor, options)).toThrow(expect.objectContaining({ code: 'bad_option' }))
})
