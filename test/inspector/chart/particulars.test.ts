import { expect, test } from 'vitest'
import { assign, createMachine, setup } from 'xstate'
import { definitionOf } from '../../../inspector/attach/definition.ts'
import { transitionKey, transitionsOf } from '../../../inspector/chart/labels.ts'
import { everyState } from '../../../inspector/chart/model.ts'
import { allParticulars } from '../../../inspector/chart/particulars.ts'
import { connectionMachine } from '../../../machines/connection.ts'

const door = setup({
  guards: { unlocked: () => true },
  actions: { ring: () => {}, log: () => {} },
}).createMachine({
  id: 'door',
  initial: 'closed',
  on: { knock: { actions: 'ring' } },
  states: {
    closed: {
      on: {
        open: [
          { guard: 'unlocked', target: 'open', actions: ['ring', 'log'] },
          { target: 'closed', reenter: true },
        ],
        kick: { guard: () => true, target: 'open', actions: [assign({}), () => {}] },
      },
    },
    open: { initial: 'wide', after: { 1500: 'closed' }, states: { wide: { on: { shut: '#door.closed' } } } },
  },
})
const of = (key: string) => allParticulars(door).get(key)

test('a transition says where it really begins and ends, on what condition, and what it does', () => {
  expect(of('door.closed open 0')).toMatchObject({
    text: 'open',
    when: 'on open',
    from: 'closed',
    to: 'open',
    guard: 'unlocked',
    actions: ['ring', 'log'],
    reenters: false,
  })
  expect(of('door.open.wide shut 0')).toMatchObject({ from: 'open.wide', to: 'closed', guard: null, actions: [] })
  expect(of('door.closed open 1')).toMatchObject({ to: 'closed', reenters: true })
  expect(of('door.open xstate.after.1500.door.open 0')).toMatchObject({ kind: 'after', when: 'after 1.5 s' })
  expect(of('door knock 0')).toMatchObject({ from: 'door', to: null, actions: ['ring'] })
})

test('what has no name is said to have none', () => {
  expect(of('door.closed kick 0')).toMatchObject({ guard: 'unnamed' })
})

test('every transition of a machine has its particulars, also from its configuration alone', () => {
  const told: unknown = JSON.parse(definitionOf(connectionMachine.config)?.json ?? '')
  const known = allParticulars(createMachine(told as Parameters<typeof createMachine>[0]))
  const keys = everyState(connectionMachine.root).flatMap(transitionsOf).map(transitionKey)
  expect([...known.keys()].sort()).toEqual(keys.sort())
  expect(known.get('connection.reconnecting outbox.drained 0')).toMatchObject({ guard: 'closing', to: 'closed' })
})
