import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import { checkOutbox, Outbox, type OutboxOptions } from './outbox.ts'
import { holding, outcome, recorder, taking } from './outbox-rig.ts'

const later = async (data: unknown): Promise<unknown> => {
  await turn()
  return data
}

test('block: a send waits for room, enters in its order, and is only then encoded', async () => {
  const encoded: unknown[] = []
  const outbox = new Outbox((data) => encoded.push(data) && data, { messages: 2, overflow: 'block' })
  const { settled, record } = recorder()
  for (const name of ['a', 'b', 'c', 'd']) record(name, outbox.send(name))
  expect(encoded).toEqual(['a', 'b'])
  expect([outbox.queued, outbox.queuedBytes]).toEqual([4, 2])
  expect(await outcome(outbox.send('e'))).toBe('outbox_full')

  const { link, taken, ready } = holding()
  outbox.attach(link)
  await turn()
  taken[0]?.settle()
  await turn()
  expect(settled).toEqual({ a: ['sent'] })
  expect(encoded).toEqual(['a', 'b', 'c'])
  for (const _ of 'xyz') {
    ready()
    await turn()
    for (const item of taken) item.settle()
  }
  await turn()
  expect(taken.map(({ data }) => data)).toEqual(['a', 'b', 'c', 'd'])
  expect(settled).toEqual({ a: ['sent'], b: ['sent'], c: ['sent'], d: ['sent'] })
})

test('block: the last one in may exceed the bytes, a failed one leaves no hole, one larger than the outbox is refused', async () => {
  const encode = (data: unknown): unknown => {
    if (data === 'broken') throw new TypeError('No.')
    return data
  }
  const outbox = new Outbox(encode, { bytes: 10, overflow: 'block' })
  const { settled, record } = recorder()
  for (const name of ['12345678', 'abcd', 'broken', 'x', 'far too large for it']) record(name, outbox.send(name))
  expect([outbox.queued, outbox.queuedBytes]).toEqual([5, 12])
  const { link, values } = taking()
  outbox.attach(link)
  await turn()
  expect(values()).toEqual(['12345678', 'abcd', 'x'])
  expect(settled).toEqual({
    '12345678': ['sent'],
    abcd: ['sent'],
    broken: ['encode_failed'],
    x: ['sent'],
    'far too large for it': ['outbox_full'],
  })
})

test('block: an asynchronous codec is asked for one size at a time, so that the bytes hold', async () => {
  const outbox = new Outbox(later, { bytes: 10, overflow: 'block' })
  let most = 0
  const { link, values } = taking()
  const sends = ['123456', 'abcdef', 'ABCDEF', 'x'].map((data) => outbox.send(data))
  for (let turns = 0; turns < 10; turns++) {
    await turn()
    most = Math.max(most, outbox.queuedBytes)
  }
  expect(most).toBe(12)
  outbox.attach(link)
  await Promise.all(sends)
  expect(values()).toEqual(['123456', 'abcdef', 'ABCDEF', 'x'])
})

test('block: room for many at once lets many in, also those that are refused then', async () => {
  const many = 5_000
  const outbox = new Outbox((data) => data, { messages: 2 * many, bytes: 2 * many, overflow: 'block' })
  const { link, taken } = holding()
  const large = 'x'.repeat(2 * many)
  const first = outcome(outbox.send(large))
  const small = Array.from({ length: many }, () => outcome(outbox.send('y')))
  const tooLarge = Array.from({ length: many }, () => outcome(outbox.send(`${large}!`)))
  outbox.attach(link)
  await turn()
  taken[0]?.settle()
  expect(await first).toBe('sent')
  expect(new Set(await Promise.all(tooLarge))).toEqual(new Set(['outbox_full']))
  expect(outbox.queuedBytes).toBe(many)
  outbox.clear(new TransportError('aborted', 'Over.'))
  outbox.detach()
  expect(new Set(await Promise.all(small))).toEqual(new Set(['aborted']))
})

test('block: a caller without a place can give up, and a cleared outbox rejects them all', async () => {
  const outbox = new Outbox((data) => data, { messages: 1, overflow: 'block' })
  const giveUp = new AbortController()
  const sends = [outbox.send('a'), outbox.send('b', giveUp), outbox.send('c')].map(outcome)
  expect(await sends[2]).toBe('outbox_full')
  giveUp.abort()
  expect(await sends[1]).toBe('aborted')
  const late = outcome(outbox.send('d'))
  outbox.clear(new TransportError('aborted', 'Over.'))
  expect(await Promise.all([sends[0], late])).toEqual(['aborted', 'aborted'])
  expect(outbox.queued).toBe(0)
})

test('drop-oldest: what waited longest goes, and is told', async () => {
  const outbox = new Outbox((data) => data, { messages: 2, bytes: 10, overflow: 'drop-oldest' })
  const { settled, record } = recorder()
  for (const name of ['a', 'b', 'c', '123456789']) record(name, outbox.send(name))
  await turn()
  expect(settled).toEqual({ a: ['send_dropped'], b: ['send_dropped'] })
  expect([outbox.queued, outbox.queuedBytes]).toEqual([2, 10])
  record('more than it can ever hold', outbox.send('more than it can ever hold'))
  await turn()
  expect(settled['more than it can ever hold']).toEqual(['outbox_full'])
  expect(outbox.queued).toBe(2)
})

test('drop-oldest: what a link has taken cannot be dropped, so nothing is dropped in vain', async () => {
  const outbox = new Outbox((data) => data, { messages: 3, bytes: 10, maxBatch: 1, overflow: 'drop-oldest' })
  const { link } = holding()
  outbox.attach(link)
  const { settled, record } = recorder()
  record('taken', outbox.send('12345678'))
  await turn()
  record('waits', outbox.send('x'))
  record('too much', outbox.send('123'))
  await turn()
  expect(settled).toEqual({ 'too much': ['outbox_full'] })
})

test('drop-newest: the new one goes, and is told', async () => {
  const outbox = new Outbox((data) => data, { messages: 2, bytes: 10, overflow: 'drop-newest' })
  const { settled, record } = recorder()
  for (const name of ['a', '1234567890', 'b', 'c']) record(name, outbox.send(name))
  await turn()
  expect(settled).toEqual({ '1234567890': ['send_dropped'], c: ['send_dropped'] })
})

test('latest: only the newest waits, also when its codec takes its time', async () => {
  for (const encode of [(data: unknown) => data, later]) {
    const outbox = new Outbox(encode, { overflow: 'latest' })
    let drained = 0
    outbox.onDrained = () => {
      drained += 1
    }
    const { settled, record } = recorder()
    for (const name of ['a', 'b', 'c']) record(name, outbox.send(name))
    await turn()
    await turn()
    expect(settled).toEqual({ a: ['send_dropped'], b: ['send_dropped'] })
    expect([outbox.queued, drained]).toEqual([1, 0])
    const { link, values } = taking()
    outbox.attach(link)
    await turn()
    expect(values()).toEqual(['c'])
    expect(drained).toBe(1)
  }
})

test.each<[OutboxOptions['overflow'], string[]]>([
  ['error', ['sent', 'sent', 'outbox_full']],
  ['drop-newest', ['sent', 'sent', 'send_dropped']],
  ['drop-oldest', ['send_dropped', 'sent', 'sent']],
])('%s: the size of what is encoded asynchronously counts when it is known', async (overflow, outcomes) => {
  const outbox = new Outbox(later, { bytes: 10, overflow })
  const sends = ['12345', 'abcde', '+'].map((data) => outcome(outbox.send(data)))
  await turn()
  await turn()
  expect(outbox.queuedBytes).toBeLessThanOrEqual(10)
  outbox.attach(taking().link)
  expect(await Promise.all(sends)).toEqual(outcomes)
})

test.each<[OutboxOptions, string]>([
  [{ messages: 0 }, 'outbox.messages'],
  [{ messages: Number.NaN }, 'outbox.messages'],
  [{ bytes: 1.5 }, 'outbox.bytes'],
  [{ maxBatch: -1 }, 'outbox.maxBatch'],
  [{ maxDelay: -1 }, 'outbox.maxDelay'],
  [{ maxDelay: Number.POSITIVE_INFINITY }, 'outbox.maxDelay'],
  [{ overflow: 'forget' as 'error' }, 'outbox.overflow'],
])('%j is refused by its name', (options, name) => {
  expect(() => checkOutbox(options)).toThrow(
    expect.objectContaining({ code: 'bad_option', message: expect.stringContaining(name) }),
  )
})

test('every policy, and no option at all, passes', () => {
  checkOutbox()
  checkOutbox({ messages: undefined, overflow: undefined, maxDelay: undefined })
  for (const overflow of ['error', 'block', 'drop-oldest', 'drop-newest', 'latest'] as const) checkOutbox({ overflow })
})
