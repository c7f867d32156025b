import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { SimulatedClock } from 'xstate'
import { outcome } from '../connection/outbox-rig.ts'
import { TransportError } from '../errors.ts'
import type { AppendAnswer } from '../link.ts'
import { memoryStorage } from './memory-storage.ts'
import { Pipeline, type PipelineOptions } from './pipeline.ts'
import { ProducerLog, scriptedLink } from './scripted-link.ts'
import type { OutboxSlot } from './storage.ts'

async function started(options: Partial<PipelineOptions> = {}, given: Partial<OutboxSlot> = {}) {
  const clock = new SimulatedClock()
  const reports: string[] = []
  let drained = 0
  const slot = { ...(await memoryStorage.claim('s')), ...given }
  const pipeline = new Pipeline(slot, {
    onRefused: 'skip',
    backoff: { base: 100, cap: 1_000 },
    clock,
    random: () => 0.5,
    authorize: undefined,
    survives: false,
    report: ({ code }) => reports.push(code),
    drained: () => drained++,
    ...options,
  })
  const send = (record: string): Promise<string> =>
    outcome(
      new Promise<void>((resolve, reject) => {
        const settle = (error?: unknown): void => (error === undefined ? resolve() : reject(error))
        void pipeline.enqueue({ records: [record], items: [{ data: record, settle }] })
      }),
    )
  return { pipeline, clock, reports, send, slot, drained: () => drained }
}

const stored: AppendAnswer = { kind: 'stored' }
const tooLarge: Extract<AppendAnswer, { kind: 'refused' }> = {
  kind: 'refused',
  error: new TransportError('send_failed', 'Too large.'),
}

test('nothing follows the first number of an epoch before it is stored; then as many as the link takes', async () => {
  const { pipeline, send } = await started()
  const { link, arrivals } = scriptedLink(3)
  const outcomes = ['a', 'b', 'c', 'd', 'e', 'f'].map(send)
  await turn()
  pipeline.through(link)
  expect(arrivals).toHaveLength(1)
  arrivals[0]?.answer(stored)
  await turn()
  expect(arrivals.map(({ append }) => append.producer.sequence)).toEqual([0, 1, 2, 3])
  // Cumulative: what was stored, everything before it is stored.
  arrivals[3]?.answer(stored)
  await turn()
  expect(await Promise.all(outcomes.slice(0, 4))).toEqual(['sent', 'sent', 'sent', 'sent'])
  expect(pipeline.producer).toMatchObject({ sequence: 6, waiting: 2 })
})

test('what a broken link left unanswered goes out again under its own number, and nothing is applied twice', async () => {
  const { pipeline, send, drained } = await started()
  const log = new ProducerLog()
  const outcomes = ['a', 'b', 'c'].map(send)
  await turn()
  for (let cut = 0; cut < 5; cut++) {
    const { link, arrivals } = scriptedLink()
    pipeline.through(link)
    for (let index = 0; index < arrivals.length; index++) {
      const arrival = arrivals[index]
      if (arrival === undefined) break
      const said = log.apply(arrival.append)
      // The first answers of each link are lost.
      if (index >= cut) arrival.answer(said)
      await turn()
    }
    pipeline.through(null)
  }
  expect(await Promise.all(outcomes)).toEqual(['sent', 'sent', 'sent'])
  expect(log.records).toEqual(['a', 'b', 'c'])
  expect(drained()).toBe(1)
})

test('one that came too early waits until all before it are stored, however late that answer is read', async () => {
  const { pipeline, send } = await started()
  const { link, arrivals } = scriptedLink()
  pipeline.through(link)
  const outcomes = [send('a')]
  arrivals[0]?.answer(stored)
  await turn()
  outcomes.push(send('b'), send('c'))
  await turn()
  // "c" overtook "b" on the way, and its answer is overtaken by that of "b".
  arrivals[1]?.answer(stored)
  await turn()
  arrivals[2]?.answer({ kind: 'early', expected: 1 })
  await turn()
  expect(arrivals.map(({ append }) => append.producer)).toMatchObject([
    { epoch: 0, sequence: 0 },
    { epoch: 0, sequence: 1 },
    { epoch: 0, sequence: 2 },
    { epoch: 0, sequence: 2 },
  ])
  arrivals[3]?.answer(stored)
  expect(await Promise.all(outcomes)).toEqual(['sent', 'sent', 'sent'])
})

test('a server that is busy is given the time it asks for, also by the next link; a broken request backs off', async () => {
  const { pipeline, send, clock } = await started()
  const first = scriptedLink()
  pipeline.through(first.link)
  const sent = send('a')
  first.arrivals[0]?.answer({ kind: 'later', retryAfterMs: 2_000 })
  await turn()
  const second = scriptedLink()
  pipeline.through(second.link)
  clock.increment(2_049)
  expect(second.arrivals).toHaveLength(0)
  clock.increment(1)
  expect(second.arrivals).toHaveLength(1)
  second.arrivals[0]?.breaks()
  await turn()
  expect(second.arrivals).toHaveLength(1)
  clock.increment(500)
  second.arrivals[1]?.answer(stored)
  expect(await sent).toBe('sent')
})

test('an append that is refused rejects alone; those behind it go on under the next epoch, from 0', async () => {
  const { pipeline, send } = await started()
  const { link, arrivals } = scriptedLink()
  const log = new ProducerLog()
  pipeline.through(link)
  const outcomes = [send('a')]
  arrivals[0]?.answer(log.apply(arrivals[0].append))
  await turn()
  outcomes.push(send('b'), send('c'), send('d'))
  await turn()
  arrivals[2]?.answer(log.apply(arrivals[2].append))
  arrivals[1]?.answer(tooLarge)
  await turn()
  const late = arrivals[3]
  expect(arrivals[4]?.append).toMatchObject({ producer: { epoch: 1, sequence: 0 }, records: ['c'] })
  arrivals[4]?.answer(log.apply(arrivals[4].append))
  await turn()
  // The old one arrives only now, and is nobody's any more.
  if (late !== undefined) late.answer(log.apply(late.append))
  await turn()
  arrivals[5]?.answer(log.apply(arrivals[5].append))
  expect(await Promise.all(outcomes)).toEqual(['sent', 'send_failed', 'sent', 'sent'])
  expect(log.records).toEqual(['a', 'c', 'd'])
})

test('a refusal that may be a torn answer counts when it comes twice', async () => {
  const { pipeline, send, clock } = await started()
  const { link, arrivals } = scriptedLink()
  pipeline.through(link)
  const outcomes = [send('a')]
  arrivals[0]?.answer({ ...tooLarge, doubtful: true })
  await turn()
  clock.increment(1_000)
  arrivals[1]?.answer(stored)
  outcomes.push(send('b'))
  await turn()
  for (const index of [2, 3]) {
    arrivals[index]?.answer({ ...tooLarge, doubtful: true })
    await turn()
    clock.increment(1_000)
  }
  expect(await Promise.all(outcomes)).toEqual(['sent', 'send_failed'])
})

test('with onRefused "stop" nothing follows, and the slot keeps everything', async () => {
  const kept: unknown[] = []
  const { pipeline, send, reports } = await started(
    { onRefused: 'stop' },
    { renumber: () => void kept.push('renumbered') },
  )
  const { link, arrivals } = scriptedLink()
  pipeline.through(link)
  const outcomes = [send('a'), send('b')]
  arrivals[0]?.answer(tooLarge)
  expect(await Promise.all(outcomes)).toEqual(['send_failed', 'send_failed'])
  expect(await send('c')).toBe('send_failed')
  expect(arrivals).toHaveLength(1)
  expect([kept, reports]).toEqual([[], ['send_failed']])
})

test.each(['producer_fenced', 'producer_owned'] as const)('%s: told once, nothing more goes out', async (code) => {
  const { pipeline, send, reports, clock, drained } = await started()
  const { link, arrivals } = scriptedLink()
  pipeline.through(link)
  const outcomes = [send('a'), send('b')]
  arrivals[0]?.answer({ kind: 'barred', error: new TransportError(code, 'No.') })
  expect(await Promise.all(outcomes)).toEqual([code, code])
  expect(await send('c')).toBe(code)
  pipeline.through(null)
  pipeline.through(link)
  clock.increment(1_000_000)
  expect(arrivals).toHaveLength(1)
  expect([reports, drained()]).toEqual([[code], 1])
})

test('numbers ahead of ours are those of a copy: fenced', async () => {
  const { pipeline, send } = await started()
  const { link, arrivals } = scriptedLink()
  pipeline.through(link)
  const sent = send('a')
  arrivals[0]?.answer({ kind: 'early', expected: 7 })
  expect(await sent).toBe('producer_fenced')
})

test('a server that forgot the producer: what may have arrived is unconfirmed, the rest goes on under the next epoch', async () => {
  const { pipeline, send, reports } = await started()
  const log = new ProducerLog()
  const first = scriptedLink()
  pipeline.through(first.link)
  const outcomes = [send('a')]
  first.arrivals[0]?.answer(log.apply(first.arrivals[0].append))
  await turn()
  outcomes.push(send('b'))
  await turn()
  pipeline.through(null)
  log.forgetProducers()
  const second = scriptedLink()
  pipeline.through(second.link)
  outcomes.push(send('c'))
  await turn()
  for (let index = 0; index < 3; index++) {
    const arrival = second.arrivals[index]
    if (arrival !== undefined) arrival.answer(log.apply(arrival.append))
    await turn()
  }
  expect(await Promise.all(outcomes)).toEqual(['sent', 'send_unconfirmed', 'sent'])
  expect([log.records, reports]).toEqual([['a', 'c'], ['send_unconfirmed']])
  expect(second.arrivals.at(-1)?.append.producer.epoch).toBe(1)
})

test('a credential is renewed once; refused again, it ends the sending', async () => {
  let renewals = 0
  const { pipeline, send, reports } = await started({ authorize: async () => renewals++ })
  const { link, arrivals } = scriptedLink()
  const error = new TransportError('http_status', 'No.', { status: 401 })
  pipeline.through(link)
  const sent = send('a')
  arrivals[0]?.answer({ kind: 'unauthorized', error })
  await turn()
  arrivals[1]?.answer(stored)
  expect(await sent).toBe('sent')
  const refused = send('b')
  arrivals[2]?.answer({ kind: 'unauthorized', error })
  await turn()
  arrivals[3]?.answer({ kind: 'unauthorized', error })
  expect(await refused).toBe('http_status')
  expect([renewals, reports]).toEqual([2, ['http_status']])
})

test('what an earlier life left goes out first, under its own numbers', async () => {
  const acknowledged: number[] = []
  const batches = [
    { sequence: 5, records: ['x'] },
    { sequence: 6, records: ['y'] },
  ]
  const slot = { batches, next: 7, found: 'kept', acknowledge: (n: number) => void acknowledged.push(n) } as const
  const { pipeline, send } = await started({ survives: true }, slot)
  const { link, arrivals } = scriptedLink()
  const sent = send('z')
  expect(pipeline.inherited).toBe(2)
  pipeline.through(link)
  for (let index = 0; index < 3; index++) {
    arrivals[index]?.answer(stored)
    await turn()
  }
  expect(await sent).toBe('sent')
  expect(arrivals.map(({ append }) => [append.producer.sequence, ...append.records])).toEqual([
    [5, 'x'],
    [6, 'y'],
    [7, 'z'],
  ])
  expect(acknowledged).toEqual([5, 6, 7])
})

test('a storage that cannot keep refuses the one message, and the number goes to the next', async () => {
  let full = true
  const { pipeline, send } = await started({}, { put: () => (full ? Promise.reject(new Error('full')) : undefined) })
  const { link, arrivals } = scriptedLink()
  pipeline.through(link)
  expect(await send('a')).toBe('outbox_failed')
  full = false
  const sent = send('b')
  await turn()
  expect(arrivals[0]?.append).toMatchObject({ producer: { sequence: 0 }, records: ['b'] })
  arrivals[0]?.answer(stored)
  expect(await sent).toBe('sent')
})

test.each([
  [false, ['send_unconfirmed', 'aborted']],
  [true, ['send_unconfirmed', 'send_unconfirmed']],
])(
  'closing (storage survives: %s) tells each what may have become of it, and gives up the slot',
  async (survives, told) => {
    let released = 0
    const { pipeline, send } = await started({ survives }, { release: () => void released++ })
    const { link, arrivals } = scriptedLink()
    pipeline.through(link)
    const outcomes = [send('a'), send('b')]
    await turn()
    expect(arrivals).toHaveLength(1)
    await pipeline.close(new TransportError('aborted', 'Over.'))
    await pipeline.close(new TransportError('aborted', 'Over.'))
    expect(await Promise.all(outcomes)).toEqual(told)
    expect(released).toBe(1)
    expect(await send('c')).toBe('aborted')
  },
)

test('a queue that is long makes the outbox wait', async () => {
  const { pipeline, send } = await started()
  const { link, arrivals } = scriptedLink(1000)
  for (let n = 0; n < 128; n++) void send(String(n))
  await turn()
  let room = false
  void pipeline.room().then(() => (room = true))
  pipeline.through(link)
  await turn()
  expect(room).toBe(false)
  arrivals[0]?.answer(stored)
  await turn()
  expect(room).toBe(true)
  onTestFinished(() => pipeline.close(new TransportError('aborted', 'Over.')))
})

test('what an earlier life has left keeps nothing out of the outbox', async () => {
  const left = Array.from({ length: 200 }, (_, sequence) => ({ sequence, records: [String(sequence)] }))
  const { pipeline } = await started({ survives: true }, { batches: left, next: left.length })
  await pipeline.room()
  expect(pipeline.producer).toMatchObject({ waiting: 200 })
  onTestFinished(() => pipeline.close(new TransportError('aborted', 'Over.')))
})
