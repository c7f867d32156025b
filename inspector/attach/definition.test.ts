/**
 * What is told of a machine itself: its chart, and nothing of what it holds.
 *
 * @module
 */
import { expect, it } from 'vitest'
import { assign, createMachine, fromPromise, setup } from 'xstate'
import { connectionMachine } from '../../machines/connection.ts'
import { managerMachine } from '../../machines/manager.ts'
import { chartModel } from '../chart/model.ts'
import { definitionOf } from './definition.ts'

function told(config: object): Record<string, unknown> {
  const definition = definitionOf(config)
  if (definition === null) throw new Error('Nothing was told.')
  return JSON.parse(definition.json)
}

it('names functions, and says of those without a name only that they are there', () => {
  function isAllowed(): boolean {
    return true
  }
  const machine = createMachine({
    on: {
      a: { guard: isAllowed, actions: [assign({}), () => {}] },
      b: { guard: () => true, actions: { type: 'notify', params: { to: 'hunter2' } } },
    },
    invoke: { src: fromPromise(async () => 1), input: { password: 'hunter2' } },
  })
  expect(told(machine.config)).toEqual({
    on: {
      a: { guard: 'isAllowed', actions: ['xstate.assign', 'inline'] },
      b: { guard: '?', actions: { type: 'notify' } },
    },
    invoke: { src: 'inline' },
  })
})

it('tells nothing of a context, an input or an output, and no secret in a description or a meta', () => {
  const machine = setup({}).createMachine({
    context: { hunter: 'hunter2' },
    description: 'dials https://me:hunter2@host/',
    meta: { apiKey: 'hunter2', docs: 'here' },
    output: { hunter: 'hunter2' },
    initial: 'context',
    // Names of states are names, whatever they are.
    states: { context: { type: 'final' }, output: {} },
  })
  expect(JSON.stringify(told(machine.config))).not.toContain('hunter2')
  expect(told(machine.config)).toMatchObject({
    meta: { docs: 'here' },
    states: { context: { type: 'final' }, output: {} },
  })
})

it.each([
  ['connection', connectionMachine],
  ['manager', managerMachine],
] as const)('of our own %s it tells all that its chart is drawn from', (_name, machine) => {
  const again = createMachine(JSON.parse(JSON.stringify(told(machine.config))))
  expect(chartModel(again)).toEqual(chartModel(machine))
})

it('gives the same machine the same hash, and another one another', () => {
  const one = createMachine({ id: 'one', initial: 'a', states: { a: {} } })
  expect(definitionOf(one.config)).toBe(definitionOf(one.provide({}).config))
  const hashes = ['one', 'two', 'eno'].map((id) => definitionOf(createMachine({ id }).config)?.hash)
  expect(new Set(hashes).size).toBe(3)
})

it('tells nothing of a configuration that goes round in a circle', () => {
  const circle: Record<string, unknown> = {}
  circle.states = { inner: circle }
  expect(definitionOf(circle)).toBeNull()
})
