import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { TransportError } from '../errors.ts'
import type { Link, Outgoing } from '../link.ts'
import { Outbox } from './outbox.ts'

const limits = { messages: 100, bytes: 1_000 }

/** A link that keeps what it is given until the test settles it. */
function holding() {
  const taken: Outgoing[] = []
  let take = (): void => {}
  const link: Link = {
    protocol: 'holding',
    read: () => new Promise(() => {}),
    write(batch) {
      taken.push(...batch)
      return new Promise((resolve) => {
        take = resolve
      })
    },
    close() {},
  }
  return { link, taken, ready: () => take() }
}

const outcome = (promise: Promise<void>): Promise<string> =>
  promise.then(
    () => 'sent',
    (error: TransportError) => error.code,
  )

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
  outbox.attach(second.link)
  first.ready()
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
