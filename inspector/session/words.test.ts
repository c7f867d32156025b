import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  activeLeaves,
  clockWords,
  difference,
  eventKind,
  eventWords,
  lengthWords,
  offsetWords,
  shortWords,
  stateWords,
} from './words.ts'

const connected = { connected: { flow: 'flowing', liveness: 'alive' } }

test('a state value reads as dotted words, its regions joined by a comma', () => {
  expect(stateWords('idle')).toBe('idle')
  expect(stateWords({ reconnecting: 'waiting' })).toBe('reconnecting.waiting')
  expect(stateWords(connected)).toBe('connected.flow.flowing, connected.liveness.alive')
  expect(stateWords({ a: {} })).toBe('a')
  expect(stateWords(null)).toBe('')
})

test('the short words of a state are its innermost names', () => {
  expect(shortWords('idle')).toBe('idle')
  expect(shortWords(connected)).toBe('flowing, alive')
})

test('a difference names what was left and what was entered, and nothing that stayed', () => {
  const probing = { connected: { flow: 'flowing', liveness: 'probing' } }
  expect(difference(connected, probing)).toEqual({
    left: ['connected.liveness.alive'],
    entered: ['connected.liveness.probing'],
  })
  expect(difference('idle', 'idle')).toEqual({ left: [], entered: [] })
})

const stateValue = fc.letrec<{ value: string | object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.stringMatching(/^[a-z]{1,6}$/),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('value'), { minKeys: 1, maxKeys: 3 }),
  ),
})).value

test('whatever was left or entered is a leaf of one side and not of the other', () => {
  const seed = Date.now() % 100_000
  const leaves = (value: unknown) => activeLeaves(value).map((leaf) => leaf.join('.'))
  fc.assert(
    fc.property(stateValue, stateValue, (before, after) => {
      const { left, entered } = difference(before, after)
      const rebuilt = leaves(before).filter((leaf) => !left.includes(leaf))
      expect([...rebuilt, ...entered].sort()).toEqual(leaves(after).sort())
    }),
    { seed },
  )
})

test.each([
  ['xstate.after.backoff.connection.reconnecting.waiting', 'after backoff', 'timer'],
  ['xstate.after.500.light.green', 'after 500 ms', 'timer'],
  ['xstate.done.actor.dial', 'done dial', 'done'],
  ['xstate.error.actor.dial', 'error dial', 'error'],
  ['xstate.done.actor.0.machine.asking', 'done', 'done'],
  ['xstate.done.state.machine.form', 'done form', 'done'],
  ['xstate.snapshot.child', 'snapshot child', 'user'],
  ['xstate.init', 'start', 'user'],
  ['xstate.stop', 'stop', 'user'],
  ['network.online', 'network.online', 'user'],
])('the event %s is called “%s”, of the kind %s', (type, words, kind) => {
  expect([eventWords(type), eventKind(type)]).toEqual([words, kind])
})

test.each([
  [0, '0 ms'],
  [-5, '0 ms'],
  [120, '120 ms'],
  [900, '0.9 s'],
  [1_000, '1 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min'],
  [123_000, '2 min 3 s'],
  [3_600_000, '1 h'],
  [3_720_000, '1 h 2 min'],
])('%s ms reads %s', (length, words) => {
  expect(lengthWords(length)).toBe(words)
})

test('an instant reads as the time of day, and as the distance from another', () => {
  const epoch = new Date(2026, 0, 2, 3, 4, 5, 6).getTime()
  expect(clockWords(epoch, 10)).toBe('03:04:05.016')
  expect(clockWords(Number.NaN, 0)).toBe('–')
  expect([offsetWords(1_204, 0), offsetWords(0, 50)]).toEqual(['+1.204 s', '−0.050 s'])
})
