import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ActorMessage, AppMessage } from '../protocol/messages.ts'
import { batchOf, messagesOf } from './batch.ts'
import { type AppHistory, appHistory } from './history.ts'

const seed = Date.now()
console.log(`seed ${seed}`)

const hello = { kind: 'hello', protocol: 1, name: 'app', runtime: 'node', epoch: 0 } as const
const small = { ring: 5, ringBytes: 1_000_000, actors: 3 }

function actorOf(actor: string, value = 'idle'): ActorMessage {
  const facts = { parent: null, name: actor, logic: 'machine', definition: null, status: 'active' } as const
  return { kind: 'actor', t: 0, actor, ...facts, value, tags: [], waits: [] }
}

function stepOf(seq: number, actor: string, value: string): AppMessage {
  return { kind: 'step', seq, t: seq, actor, because: 0, taken: null, value, tags: [], status: 'active' }
}

const told = (history: AppHistory): readonly AppMessage[] => history.replay().flatMap(messagesOf)

/** Where each living actor is after all these messages. */
function valuesAfter(messages: readonly AppMessage[]): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>()
  for (const message of messages) {
    if (message.kind === 'actor' || (message.kind === 'step' && values.has(message.actor))) {
      values.set(message.actor, message.value)
    } else if (message.kind === 'gone') values.delete(message.actor)
  }
  return values
}

test('the replay of a ring that has long run over leads to the same state as everything that was told', () => {
  const actor = fc.constantFrom('a', 'b', 'c')
  const value = fc.constantFrom('one', 'two', 'three')
  const message = fc.oneof(
    fc.tuple(actor, value).map(([name, state]) => actorOf(name, state)),
    fc.tuple(fc.nat(), actor, value).map(([seq, name, state]) => stepOf(seq, name, state)),
    actor.map((name): AppMessage => ({ kind: 'gone', t: 1, actor: name, status: 'done' })),
  )
  fc.assert(
    fc.property(fc.array(fc.array(message, { maxLength: 12 }), { maxLength: 12 }), (batches) => {
      const history = appHistory(small)
      for (const batch of [[hello], ...batches]) history.add(batchOf(batch))
      const replay = told(history)
      const messages = batches.flat()
      expect(replay[0]).toEqual(hello)
      expect(valuesAfter(replay)).toEqual(valuesAfter(messages))
      expect(replay.length).toBeLessThanOrEqual(1 + 3 + small.ring)
    }),
    { seed },
  )
})

test('definitions and the newest health stay when the ring has run over', () => {
  const history = appHistory(small)
  const definition = { kind: 'definition', hash: 'd', json: '{}' } as const
  const healthOf = (t: number): AppMessage => ({
    ...({ kind: 'health', t, actor: 'a', received: t, sent: 0, queued: 0, attempt: 0 } as const),
    ...{ silence: 0, position: null, failure: null },
  })
  history.add(batchOf([hello, definition, definition, actorOf('a'), healthOf(1), healthOf(2)]))
  for (let seq = 0; seq < 5; seq += 1) history.add(batchOf([stepOf(seq, 'a', 'x')]))
  expect(told(history).slice(0, 4)).toEqual([hello, definition, actorOf('a'), healthOf(2)])
})

test('a delayed event that is still to come is in the state before the ring; one that is due is not', () => {
  const history = appHistory({ ...small, ring: 1 })
  const waitOf = (event: string, delay: number) => ({ event, delay, since: 0 })
  const timerOf = (event: string, delay: number) =>
    ({ kind: 'timer', t: 0, actor: 'a', ...waitOf(event, delay) }) as const
  history.add(batchOf([hello, actorOf('a'), timerOf('soon', 5), timerOf('late', 50), timerOf('late', 60)]))
  history.add(batchOf([stepOf(10, 'a', 'x'), stepOf(11, 'a', 'y')]))
  expect(told(history)[1]).toEqual({ ...actorOf('a', 'x'), t: 10, waits: [waitOf('late', 60)] })
})

test('the ring is bounded by weight too, and what is told at once falls out piece by piece', () => {
  const steps = Array.from({ length: 50 }, (_, index) => stepOf(10 + index, 'a', 'x'))
  const one = batchOf(steps.slice(0, 1)).text.length
  for (const batches of [steps.map((step) => [step]), [steps]]) {
    const history = appHistory({ ring: 64, ringBytes: 10 * one, actors: 3 })
    history.add(batchOf([hello]))
    for (const batch of batches) history.add(batchOf(batch))
    expect(told(history)).toEqual([hello, ...steps.slice(-10)])
  }
})

test('what is shortened leads to the same state, weighs no more than it was told to, and says what it left out', () => {
  const history = appHistory({ ...small, ring: 1_000 })
  history.add(batchOf([hello, actorOf('a'), { kind: 'definition', hash: 'd', json: '{}' }]))
  for (let seq = 1; seq <= 50; seq += 1) history.add(batchOf([stepOf(seq, 'a', `s${seq}`)]))
  history.shorten(2_000)
  expect(history.weight).toBeLessThanOrEqual(2_000)
  const replay = told(history)
  expect(replay[2]).toMatchObject({ kind: 'actor', value: expect.stringMatching(/^s\d+$/) })
  const [gap] = replay.filter(({ kind }) => kind === 'dropped')
  const steps = replay.filter(({ kind }) => kind === 'step').length
  expect(steps).toBeGreaterThan(0)
  expect(gap).toMatchObject({ kind: 'dropped', t: 51 - steps, count: 1 + 50 - steps })
  expect(valuesAfter(replay)).toEqual(new Map([['a', 's50']]))
  // Definition and state stay, whatever is asked for.
  history.shorten(0)
  expect(told(history).map(({ kind }) => kind)).toEqual(['hello', 'definition', 'actor', 'dropped'])
  history.add(batchOf([hello]))
  expect([told(history), history.weight]).toEqual([[hello], 0])
})

test('every byte that is kept is weighed: of a large state told beside small events, of machines without states', () => {
  const history = appHistory({ ring: 100, ringBytes: 1_000_000, actors: 100 })
  history.add(batchOf([hello]))
  const large = 'x'.repeat(1_000)
  for (let actor = 0; actor < 50; actor += 1) {
    const events = Array.from({ length: 100 }, (_, seq) => stepOf(seq, 'nobody', 'x'))
    history.add(batchOf([actorOf(String(actor), large), ...events]))
    history.add(batchOf([{ kind: 'definition', hash: `${actor}${large}`, json: '' }]))
  }
  const held = history.replay().reduce((sum, text) => sum + text.length, 0)
  expect(held).toBeGreaterThan(100 * large.length)
  expect(history.weight).toBeGreaterThan(0.95 * held)
})

test('machines without end are too many, also when nothing is in them', () => {
  const history = appHistory()
  history.add(batchOf([hello]))
  const machinesOf = (batch: number) =>
    Array.from({ length: 10_000 }, (_, index) => ({ kind: 'definition', hash: `${batch}.${index}`, json: '' }) as const)
  const answers = Array.from({ length: 10 }, (_, batch) => history.add(batchOf(machinesOf(batch))))
  expect([answers[0], answers[9]]).toEqual(['kept', 'too_many'])
})

test('an unusual letter makes a text weigh double', () => {
  const weights = ['é', '語'].map((letter) => {
    const history = appHistory()
    history.add(batchOf([hello]))
    history.add(batchOf([stepOf(1, 'a', letter)]))
    return history.weight
  })
  expect(weights[1]).toBe(2 * (weights[0] ?? 0))
})

test('the health of who was never introduced is not kept when the ring has run over', () => {
  const history = appHistory({ ...small, ring: 1 })
  const rest = { received: 0, sent: 0, queued: 0, attempt: 0, silence: 0, position: null, failure: null } as const
  history.add(batchOf([hello, actorOf('a')]))
  for (const actor of ['a', 'nobody']) history.add(batchOf([{ kind: 'health', t: 1, actor, ...rest }]))
  history.add(batchOf([stepOf(2, 'a', 'x')]))
  expect(told(history).flatMap((message) => (message.kind === 'health' ? message.actor : []))).toEqual(['a'])
})

test('a delayed event that was cancelled is not waited for', () => {
  const history = appHistory({ ...small, ring: 1 })
  history.add(batchOf([hello, actorOf('a'), { kind: 'timer', t: 0, actor: 'a', event: 'e', delay: 50, since: 0 }]))
  history.add(batchOf([{ kind: 'cancelled', t: 1, actor: 'a', event: 'e' }, stepOf(2, 'a', 'x')]))
  expect(told(history)[1]).toEqual({ ...actorOf('a'), t: 1 })
})

test('another hello begins anew', () => {
  const history = appHistory(small)
  history.add(batchOf([hello, { kind: 'definition', hash: 'd', json: '{}' }, actorOf('a'), stepOf(1, 'a', 'x')]))
  history.add(batchOf([hello, actorOf('b')]))
  expect(told(history)).toEqual([hello, actorOf('b')])
})

test('living actors are counted, not all there ever were', () => {
  const history = appHistory(small)
  history.add(batchOf([hello]))
  for (let round = 0; round < 10; round += 1) {
    const gone = { kind: 'gone', t: 1, actor: String(round), status: 'done' } as const
    expect(history.add(batchOf([actorOf(String(round)), gone]))).toBe('kept')
  }
  expect(history.add(batchOf(['a', 'b', 'c'].map((name) => actorOf(name))))).toBe('kept')
  expect(history.add(batchOf([actorOf('d')]))).toBe('too_many')
})
