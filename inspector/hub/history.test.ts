import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ActorMessage, AppMessage } from '../protocol/messages.ts'
import { appHistory } from './history.ts'

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
    fc.property(fc.array(message, { maxLength: 60 }), (messages) => {
      const history = appHistory(small)
      history.add([hello, ...messages], 100)
      const replay = history.replay()
      expect(replay[0]).toBe(hello)
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
  history.add([hello, definition, definition, actorOf('a'), healthOf(1), healthOf(2)], 100)
  for (let seq = 0; seq < 5; seq += 1) history.add([stepOf(seq, 'a', 'x')], 10)
  expect(history.replay().slice(0, 4)).toEqual([hello, definition, actorOf('a'), healthOf(2)])
})

test('a delayed event that is still to come is in the state before the ring; one that is due is not', () => {
  const history = appHistory({ ...small, ring: 1 })
  const waitOf = (event: string, delay: number) => ({ event, delay, since: 0 })
  const timerOf = (event: string, delay: number) =>
    ({ kind: 'timer', t: 0, actor: 'a', ...waitOf(event, delay) }) as const
  history.add([hello, actorOf('a'), timerOf('soon', 5), timerOf('late', 50), timerOf('late', 60)], 100)
  history.add([stepOf(10, 'a', 'x'), stepOf(11, 'a', 'y')], 10)
  expect(history.replay()[1]).toEqual({ ...actorOf('a', 'x'), t: 10, waits: [waitOf('late', 60)] })
})

test('the ring is bounded by weight too', () => {
  const history = appHistory({ ring: 1_000, ringBytes: 100, actors: 3 })
  history.add([hello], 1)
  for (let seq = 0; seq < 50; seq += 1) history.add([stepOf(seq, 'a', 'x')], 10)
  expect(history.replay()).toHaveLength(1 + 10)
})

test('what is shortened leads to the same state, weighs no more than it was told to, and says what it left out', () => {
  const history = appHistory({ ...small, ring: 1_000 })
  history.add([hello, actorOf('a'), { kind: 'definition', hash: 'd', json: '{}' }], 300)
  for (let seq = 1; seq <= 50; seq += 1) history.add([stepOf(seq, 'a', `s${seq}`)], 10)
  history.shorten(200)
  expect(history.weight).toBeLessThanOrEqual(200)
  const replay = history.replay()
  expect(replay[2]).toMatchObject({ kind: 'actor', value: expect.stringMatching(/^s\d+$/) })
  const [gap] = replay.filter(({ kind }) => kind === 'dropped')
  const steps = replay.filter(({ kind }) => kind === 'step').length
  expect(gap).toMatchObject({ kind: 'dropped', t: 51 - steps, count: 1 + 50 - steps })
  expect(valuesAfter(replay)).toEqual(new Map([['a', 's50']]))
  // Definition and state stay, whatever is asked for.
  history.shorten(0)
  expect(history.replay().map(({ kind }) => kind)).toEqual(['hello', 'definition', 'actor', 'dropped'])
  history.add([hello], 1)
  expect([history.replay(), history.weight]).toEqual([[hello], 0])
})

test('a delayed event that was cancelled is not waited for', () => {
  const history = appHistory({ ...small, ring: 1 })
  history.add([hello, actorOf('a'), { kind: 'timer', t: 0, actor: 'a', event: 'e', delay: 50, since: 0 }], 100)
  history.add([{ kind: 'cancelled', t: 1, actor: 'a', event: 'e' }, stepOf(2, 'a', 'x')], 10)
  expect(history.replay()[1]).toEqual({ ...actorOf('a'), t: 1 })
})

test('another hello begins anew', () => {
  const history = appHistory(small)
  history.add([hello, { kind: 'definition', hash: 'd', json: '{}' }, actorOf('a'), stepOf(1, 'a', 'x')], 100)
  history.add([hello, actorOf('b')], 10)
  expect(history.replay()).toEqual([hello, actorOf('b')])
})

test('living actors are counted, not all there ever were', () => {
  const history = appHistory(small)
  history.add([hello], 1)
  for (let round = 0; round < 10; round += 1) {
    const gone = { kind: 'gone', t: 1, actor: String(round), status: 'done' } as const
    expect(history.add([actorOf(String(round)), gone], 10)).toBe('kept')
  }
  expect(
    history.add(
      ['a', 'b', 'c'].map((name) => actorOf(name)),
      10,
    ),
  ).toBe('kept')
  expect(history.add([actorOf('d')], 10)).toBe('too_many')
})
