import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { SimulatedClock } from 'xstate'
import { TransportError } from '../errors.ts'
import type { Link } from '../link.ts'
import { Outbox } from './outbox.ts'
import { holding, outcome, taking } from './outbox-rig.ts'

const limits = { messages: 100, bytes: 1_000 }

test('what no link has taken waits for the next one; what a link took and never settled is unconfirmed', async () => {
  const outbox = new Outbox((data) => data, limits)
  const first = holding()
  const a = outcome(outbox.send('a'))
  outbox.attach(first.link)
  await turn()
  const b = outcome(outbox.send('b'))
  outbox.detach()
  expect(await a).toBe('send_unconfirmed')

  const second = holding()
  // The first link's write never settles: the second one does not wait for it.
  outbox.attach(second.link)
  await turn()
  expect(second.taken.map(({ data }) => data)).toEqual(['b'])
  second.taken[0]?.settle()
  expect(await b).toBe('sent')
  expect(outbox.sent).toBe(1)
})

test('a second settle changes nothing, neither the outcome nor the counts', async () => {
  const outbox = new Outbox((data) => data, { messages: 1, bytes: 1_000 })
  const { link, taken } = holding()
  outbox.attach(link)
  const a = outcome(outbox.send('a'))
  await turn()
  taken[0]?.settle()
  taken[0]?.settle(new TransportError('send_failed', 'No.'))
  expect(await a).toBe('sent')
  expect(outbox.sent).toBe(1)
})

test('an asynchronous codec keeps the order of the calls, and a failed one leaves no hole', async () => {
  const waits: Record<string, number> = { slow: 20, quick: 1, broken: 5 }
  const encode = async (data: unknown): Promise<unknown> => {
    for (let turns = waits[String(data)] ?? 0; turns > 0; turns--) await turn()
    if (data === 'broken') throw new TransportError('encode_failed', 'No.')
    return data
  }
  const outbox = new Outbox(encode, limits)
  const { link, taken, ready } = holding()
  const outcomes = ['slow', 'broken', 'quick'].map((data) => outcome(outbox.send(data)))
  outbox.attach(link)
  while (taken.length < 1) await turn()
  ready()
  while (taken.length < 2) await turn()
  for (const item of taken) item.settle()
  expect(await Promise.all(outcomes)).toEqual(['sent', 'encode_failed', 'sent'])
  expect(taken.map(({ data }) => data)).toEqual(['slow', 'quick'])
})

test('a write that fails settles its batch with that error, and the next items go on', async () => {
  const outbox = new Outbox((data) => data, limits)
  let failures = 1
  const link: Link = {
    ...holding().link,
    async write(batch) {
      if (failures-- > 0) throw new TransportError('send_failed', 'No.')
      for (const item of batch) item.settle()
    },
  }
  const a = outcome(outbox.send('a'))
  outbox.attach(link)
  expect(await a).toBe('send_failed')
  expect(await outcome(outbox.send('b'))).toBe('sent')
})

test.each([new Error('token=canary'), undefined])('whatever is thrown is a typed error: %s', async (thrown) => {
  const encode = (data: unknown): unknown => {
    if (data === 'now') throw thrown
    return data === 'later' ? Promise.reject(thrown) : data
  }
  const outbox = new Outbox(encode)
  outbox.attach({ ...holding().link, write: () => Promise.reject(thrown) })
  const outcomes = ['now', 'later', 'encoded'].map((data) => outcome(outbox.send(data)))
  expect(await Promise.all(outcomes)).toEqual(['encode_failed', 'encode_failed', 'send_failed'])
  await expect(outbox.send('now')).rejects.not.toThrow('canary')
  expect(outbox.queued).toBe(0)
})

test('a transport that cannot send says so', async () => {
  const outbox = new Outbox((data) => data, limits)
  const { write: _, ...deaf } = holding().link
  outbox.attach(deaf)
  expect(await outcome(outbox.send('a'))).toBe('unsupported')
})

test('clearing rejects everything that waits, also what is still being encoded', async () => {
  let encoded = (_: unknown): void => {}
  const outbox = new Outbox((data) => (data === 'later' ? new Promise((resolve) => (encoded = resolve)) : data), limits)
  const outcomes = [outcome(outbox.send('now')), outcome(outbox.send('later'))]
  outbox.clear(new TransportError('aborted', 'Over.'))
  encoded('x')
  expect(await Promise.all(outcomes)).toEqual(['aborted', 'aborted'])
})

test('what is sent in one go leaves in one write, at most maxBatch at a time', async () => {
  const { link, batches, values } = taking()
  const outbox = new Outbox((data) => data, { maxBatch: 4 })
  outbox.attach(link)
  const numbers = Array.from({ length: 10 }, (_, index) => String(index))
  await Promise.all(numbers.map((data) => outbox.send(data)))
  expect(batches).toEqual([4, 4, 2])
  expect(values()).toEqual(numbers)
})

test('maxDelay gathers what comes within it, and a full batch leaves at once', async () => {
  const clock = new SimulatedClock()
  const { link, batches } = taking()
  const outbox = new Outbox((data) => data, { maxBatch: 3, maxDelay: 20 }, clock)
  outbox.attach(link)
  const first = outcome(outbox.send('a'))
  await turn()
  clock.increment(19)
  const second = outcome(outbox.send('b'))
  await turn()
  expect(batches).toEqual([])
  clock.increment(1)
  expect(await Promise.all([first, second])).toEqual(['sent', 'sent'])
  expect(batches).toEqual([2])

  expect(await Promise.all(['c', 'd', 'e'].map((data) => outcome(outbox.send(data))))).toEqual(['sent', 'sent', 'sent'])
  expect(batches).toEqual([2, 3])
})

test('a delay that ran out while no link was there delays nothing more', async () => {
  const clock = new SimulatedClock()
  const { link } = taking()
  const outbox = new Outbox((data) => data, { maxDelay: 20 }, clock)
  const sent = outcome(outbox.send('a'))
  clock.increment(20)
  outbox.attach(link)
  expect(await sent).toBe('sent')
})

test('an aborted send that still waits is never sent; one that a link has taken goes on to its own outcome', async () => {
  const outbox = new Outbox((data) => data)
  const { link, taken } = holding()
  const early = AbortSignal.abort()
  expect(await outcome(outbox.send('never', { signal: early }))).toBe('aborted')

  outbox.attach(link)
  const taking = new AbortController()
  const first = outcome(outbox.send('taken', taking))
  await turn()
  const waiting = new AbortController()
  const second = outcome(outbox.send('waiting', waiting))
  taking.abort()
  waiting.abort()
  expect(await second).toBe('aborted')
  expect(outbox.queued).toBe(1)
  taken[0]?.settle()
  expect(await first).toBe('sent')
  expect(taken.map(({ data }) => data)).toEqual(['taken'])
  expect([outbox.queued, outbox.queuedBytes, outbox.sent]).toEqual([0, 0, 1])
})

test('giving up one that is still being encoded lets those behind it go', async () => {
  const outbox = new Outbox((data) => (data === 'stuck' ? new Promise(() => {}) : data))
  const { link, values } = taking()
  outbox.attach(link)
  const giveUp = new AbortController()
  const stuck = outcome(outbox.send('stuck', giveUp))
  const next = outcome(outbox.send('next'))
  await turn()
  expect(values()).toEqual([])
  giveUp.abort()
  expect(await Promise.all([stuck, next])).toEqual(['aborted', 'sent'])
})

test('a signal that outlives its sends keeps no listener of them', async () => {
  const outbox = new Outbox((data) => data)
  outbox.attach(taking().link)
  const { signal } = new AbortController()
  let listeners = 0
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...event: Parameters<typeof add>) => {
    listeners += 1
    add(...event)
  }
  signal.removeEventListener = (...event: Parameters<typeof remove>) => {
    listeners -= 1
    remove(...event)
  }
  await Promise.all(Array.from({ length: 5 }, () => outbox.send('a', { signal })))
  expect(listeners).toBe(0)
})

test('a closing outbox sends what it has, at once, says when it is empty, and takes nothing more', async () => {
  const clock = new SimulatedClock()
  const outbox = new Outbox((data) => data, { maxDelay: 1_000 }, clock)
  let drained = 0
  outbox.onDrained = () => {
    drained += 1
  }
  const { link, taken } = holding()
  outbox.attach(link)
  const accepted = [outcome(outbox.send('a')), outcome(outbox.send('bc'))]
  await turn()
  expect([outbox.queued, outbox.queuedBytes, taken.length]).toEqual([2, 3, 0])
  outbox.close()
  expect(await outcome(outbox.send('late'))).toBe('send_refused')
  await turn()
  taken[0]?.settle()
  expect(drained).toBe(0)
  taken[1]?.settle()
  expect(drained).toBe(1)
  expect(await Promise.all(accepted)).toEqual(['sent', 'sent'])
  expect([outbox.queued, outbox.queuedBytes]).toEqual([0, 0])
})
