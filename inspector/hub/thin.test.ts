import { expect, test } from 'vitest'
import type { AppMessage } from '../protocol/messages.ts'
import { allowance } from './thin.ts'

function sendOf(seq: number): AppMessage {
  const rest = { direction: 'out', what: 'send', bytes: 1, position: null, text: null } as const
  return { kind: 'frame', seq, t: seq, actor: 'a', ...rest }
}

function settledOf(seq: number, t: number): AppMessage {
  return { kind: 'settled', t, actor: 'a', seq, failure: null }
}

const kindsOf = (messages: readonly AppMessage[]): readonly string[] => messages.map(({ kind }) => kind)

test('whatever send was told, its end is told too, however much is left out around it', () => {
  const allowed = allowance(3, () => 0)
  expect(kindsOf(allowed.take([sendOf(1), sendOf(2), sendOf(3)]))).toEqual(['frame', 'frame', 'frame'])
  const rest = [settledOf(1, 10), sendOf(4), settledOf(2, 11), settledOf(3, 12)]
  expect(allowed.take(rest)).toEqual([
    settledOf(1, 10),
    settledOf(2, 11),
    settledOf(3, 12),
    { kind: 'dropped', t: 12, count: 1 },
  ])
})

test('more ends than there can be sends are left out as well, and counted, until the next second', () => {
  let now = 0
  const allowed = allowance(2, () => now)
  const ends = (count: number) => Array.from({ length: count }, (_, index) => settledOf(index, index))
  expect(kindsOf(allowed.take(ends(2)))).toEqual(['settled', 'settled'])
  expect(allowed.take(ends(1))).toEqual(ends(1))
  expect(allowed.take(ends(3))).toEqual([...ends(1), { kind: 'dropped', t: 2, count: 2 }])
  expect(allowed.take(ends(1))).toEqual([{ kind: 'dropped', t: 0, count: 1 }])
  now = 1_000
  expect(allowed.take(ends(2))).toEqual(ends(2))
})
