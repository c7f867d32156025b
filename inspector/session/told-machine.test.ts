import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMachine } from 'xstate'
import type { Machine, MachineState, MachineTransition } from '../chart/machine.ts'
import { actionName, everyState } from '../chart/model.ts'
import { toldMachine } from './told-machine.ts'

function transition({ actions, eventType, guard, reenter, source, target }: MachineTransition) {
  const leads = target?.map(({ id }) => id)
  return {
    eventType,
    source: source.id,
    leads,
    guard: actionName(guard),
    actions: actions.flatMap(actionName),
    reenter,
  }
}

function state(read: MachineState) {
  const { always, entry, id, invoke, key, parent, path, states, tags, transitions, type } = read
  return {
    id,
    key,
    path,
    type,
    parent: parent?.id,
    states: Object.keys(states),
    // Nobody asks anything else for it, and XState answers nobody else who has a wrong one.
    initial: type === 'compound' ? read.initial.target.map((child) => child.id) : [],
    invoke: invoke.map((invoked) => [invoked.id, invoked.src]),
    entry: entry.flatMap(actionName),
    tags,
    transitions: [...transitions].map(([event, all]) => [event, all.map(transition)]),
    always: (always ?? []).map(transition),
  }
}

/** Everything that is read of a machine, or `wrong` where XState, or whoever asks it, finds a fault. */
function outcome(make: () => Machine) {
  try {
    const { id, root } = make()
    const states = everyState(root).map(state)
    const ids = new Set(states.map((each) => each.id))
    return ids.size === states.length ? { id, states } : 'wrong'
  } catch {
    return 'wrong'
  }
}

const target = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('a', 'b', '.a', '#m', '#m.a', '#m.b', '') },
  { weight: 4, arbitrary: fc.constantFrom('#x', '#x.a', 'a.b', '.a.b', 'a.', '1', 'c\\.d', ['a', 'b'], ['', 'a']) },
  { weight: 1, arbitrary: fc.constantFrom('nowhere', '#none', '#m.nowhere', 'c.d', 'a.#x', '#', '.') },
)
const full = fc.record(
  {
    target,
    guard: fc.constantFrom('allowed', { type: 'asked', params: { n: 1 } }),
    actions: fc.constantFrom<unknown>('log', [{ type: 'log' }, 'count'], []),
    reenter: fc.boolean(),
  },
  { requiredKeys: [] },
)
const told = fc.oneof(
  target.filter((each) => typeof each === 'string' && each !== ''),
  full,
)
const some = fc.oneof(told, fc.array(told, { minLength: 1, maxLength: 2 }))
const listened = fc.dictionary(fc.constantFrom('go', 'stop', '*', 'x.*', '', 'xstate.done.state.m'), some, {
  maxKeys: 1,
})
// XState forgets the targets of those that are only named in a list.
const delayed = fc.dictionary(
  fc.constantFrom('10', '1e1', 'backoff', ''),
  fc.oneof(told, fc.array(full, { minLength: 1, maxLength: 2 })),
  { maxKeys: 2 },
)
const invoked = fc.record(
  {
    src: fc.constantFrom('load', 'watch'),
    id: fc.constantFrom('one', 'two'),
    onDone: some,
    onError: some,
    onSnapshot: some,
  },
  { requiredKeys: ['src'] },
)
const seldom = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
const { config } = fc.letrec((tie) => ({
  states: fc.record({
    a: tie('config'),
    b: tie('config'),
    'c.d': seldom(tie('config')),
    '1': seldom(tie('config')),
    '#e': seldom(tie('config')),
  }),
  config: fc.record({
    id: seldom(fc.constantFrom('x', 'y', 'x.a')),
    type: seldom(fc.constantFrom('parallel', 'final', 'history', 'atomic', 'compound')),
    initial: fc.oneof({ weight: 15, arbitrary: fc.constant('a') }, fc.constantFrom('b', 'nowhere', { target: 'a' })),
    history: seldom(fc.constantFrom(true, 'shallow', 'deep')),
    tags: seldom(fc.constantFrom<unknown>('online', ['online', 'busy'])),
    entry: seldom(fc.constantFrom<unknown>('log', [{ type: 'log' }, 'count'])),
    invoke: seldom(fc.oneof(invoked, fc.array(invoked, { maxLength: 2 }))),
    on: seldom(listened),
    after: seldom(delayed),
    always: seldom(some),
    onDone: seldom(some),
    states: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, tie('states')),
  }),
}))

test('a configuration that was told becomes what XState makes of it, and is refused where XState refuses it', () => {
  const seed = Date.now() % 100_000
  const met = { same: 0, wrong: 0 }
  fc.assert(
    fc.property(config, (random) => {
      const text = JSON.stringify({ ...(random as object), id: 'm' })
      // Both read it for themselves: XState keeps what it is given.
      const wanted = outcome(() => createMachine(JSON.parse(text)))
      met[wanted === 'wrong' ? 'wrong' : 'same']++
      expect(outcome(() => toldMachine(JSON.parse(text)))).toEqual(wanted)
    }),
    { seed, numRuns: 1_500 },
  )
  console.log(`seed ${seed}: ${met.same} machines, ${met.wrong} refused`)
  expect(Math.min(met.same, met.wrong)).toBeGreaterThan(100)
})

test('a machine without a name is called what XState calls it', () => {
  const config = { initial: 'a', states: { a: { on: { go: '#(machine).b' } }, b: {} } } as const
  expect(outcome(() => toldMachine(config))).toEqual(outcome(() => createMachine(config)))
})
