import { expect, test } from 'vitest'
import { inferred, transitionsOf } from '../../../inspector/session/infer.ts'
import type { Session } from '../../../inspector/session/session.ts'
import { connectionMachine } from '../../../machines/connection.ts'
import { retrying } from './machines.ts'
import { app, telling } from './telling.ts'

/** Random events with a seed, time among them. */
function wander(exact: boolean, seed: number, length = 400) {
  let state = seed
  const draw = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * below)
  }
  const told = telling(retrying, { exact })
  const types = ['go', 'lost', 'retry', 'tick'] as const
  for (let count = 0; count < length; count++) {
    const pick = draw(types.length + 1)
    const type = types[pick]
    if (type === undefined) told.clock.increment(900)
    else told.actor.send({ type })
  }
  return told.session()
}

const taken = (session: Session) =>
  session.entries(app).flatMap((entry) => (entry.kind === 'step' ? [transitionsOf(session, app, entry)] : []))

test('what the app has told is a fact', () => {
  const [first] = taken(wander(true, 1))
  expect(first?.inferred).toBe(false)
})

test('what is inferred is what was taken, wherever events and states leave no doubt', () => {
  const seed = Date.now() % 100_000
  const facts = taken(wander(true, seed))
  const guesses = taken(wander(false, seed))
  expect(guesses.every((guess) => guess.inferred)).toBe(true)
  expect(
    guesses.map(({ keys }) => keys),
    `seed ${seed}`,
  ).toEqual(facts.map(({ keys }) => keys))
  expect(new Set(guesses.flatMap(({ keys }) => keys)).size, `seed ${seed}`).toBeGreaterThan(5)
})

test.each([
  ['connect', 'idle', 'connecting', ['connection.idle connect 0']],
  ['connect', 'idle', { reconnecting: 'blocked' }, ['connection.idle connect 1']],
  ['retry', { reconnecting: 'waiting' }, { reconnecting: 'dialing' }, ['connection.reconnecting.waiting retry 0']],
  ['close', { reconnecting: 'waiting' }, 'closed', ['connection.reconnecting close 1']],
  ['pause', 'idle', 'idle', ['connection pause 0']],
  [
    'pause',
    { connected: { flow: 'flowing', liveness: 'alive' } },
    { connected: { flow: 'paused', liveness: 'alive' } },
    ['connection pause 0', 'connection.connected.flow.flowing  1'],
  ],
  [
    'link.lost',
    { connected: { flow: 'flowing', liveness: 'alive' } },
    { reconnecting: 'offline' },
    ['connection.connected link.lost 2', 'connection.reconnecting.waiting  1'],
  ],
  ['nonsense', 'idle', 'idle', []],
  ['nonsense', 'gone', 'nowhere', []],
])('%s from %j to %j is inferred as %j in the connection chart', (type, before, after, keys) => {
  expect(inferred(connectionMachine, type, before, after)).toEqual(keys)
})
