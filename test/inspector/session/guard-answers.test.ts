import { expect, test } from 'vitest'
import { and, assign, setup } from 'xstate'
import { GuardOracle } from '../../../inspector/session/guard-answers.ts'
import { connectionMachine } from '../../../machines/connection.ts'

const oracle = new GuardOracle(connectionMachine)
const open = { connected: { flow: 'flowing', liveness: 'alive' } }

test('a transition that was taken had its guard on its side, and those before it against them', () => {
  expect(oracle.answers(open, 'link.lost', ['connection.connected link.lost 2'])).toEqual({
    over: false,
    renewable: false,
    retryable: true,
  })
})

test('where nothing was taken, every guard that was asked has refused', () => {
  expect(oracle.answers(open, 'page.visible', [])).toEqual({ overdue: false })
  expect(oracle.answers('idle', 'page.visible', [])).toEqual({})
})

test('what is above a state that took the event was not asked', () => {
  const machine = setup({ guards: { inner: () => true, outer: () => true } }).createMachine({
    id: 'm',
    initial: 'a',
    on: { x: { guard: 'outer', target: '.b' } },
    states: { a: { on: { x: { guard: 'inner', target: 'b' } } }, b: {} },
  })
  expect(new GuardOracle(machine).answers('a', 'x', ['m.a x 0'])).toEqual({ inner: true })
})

test('an answer that contradicts another of the same step is none, and inline guards have no name', () => {
  const machine = setup({
    types: { context: {} as { n: number } },
    guards: { low: ({ context }) => context.n < 1 },
  }).createMachine({
    id: 'm',
    context: { n: 0 },
    initial: 'a',
    states: {
      a: { on: { x: { guard: 'low', target: 'b', actions: assign({ n: 1 }) } } },
      b: {
        always: [
          { guard: 'low', target: 'a' },
          { guard: ({ context }) => context.n === 1, target: 'c' },
        ],
      },
      c: { on: { x: { guard: and(['low', 'low']), target: 'a' } } },
    },
  })
  const answers = new GuardOracle(machine)
  expect(answers.answers('a', 'x', ['m.a x 0', 'm.b  1'])).toEqual({})
  expect(answers.answers('c', 'x', [])).toEqual({})
})
