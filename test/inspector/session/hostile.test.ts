import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Machine } from '../../../inspector/chart/machine.ts'
import { chartModel } from '../../../inspector/chart/model.ts'
import type { AppMessage, HubMessage } from '../../../inspector/protocol/messages.ts'
import { coverage } from '../../../inspector/session/coverage.ts'
import { diagnose } from '../../../inspector/session/diagnose.ts'
import { explain } from '../../../inspector/session/explain.ts'
import { har } from '../../../inspector/session/har.ts'
import { transitionsOf } from '../../../inspector/session/infer.ts'
import { mermaid } from '../../../inspector/session/mermaid.ts'
import { isRefused, openRecording, record } from '../../../inspector/session/recording.ts'
import { regressionTest } from '../../../inspector/session/regression-test.ts'
import { createSession, type Session } from '../../../inspector/session/session.ts'
import { connectionMachine } from '../../../machines/connection.ts'
import { app, definitionOf, hello, sessionOf } from './telling.ts'

/** Everything that anybody may ask of a session. */
function askEverything(session: Session): void {
  for (const { key } of session.apps) {
    for (const at of [null, 0, 1e9]) {
      for (const { id } of session.actors(key, at)) {
        explain(session, key, id, at)
        diagnose(session, key, id, at)
        session.health(key, id, at)
        session.unsettled(key, id, at)
      }
    }
    for (const { id, definition } of session.actors(key, null)) {
      session.bands(key, id)
      regressionTest(session, key, id)
      if (definition !== null) coverage([{ session, app: key }], definition)
    }
    for (const entry of session.entries(key)) {
      if (entry.kind === 'step') transitionsOf(session, key, entry)
      for (const at of [null, 0]) session.fate(key, entry.seq, at)
    }
    mermaid(session, key, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
    har(session, key)
    openRecording(record(session, key))
  }
}

const kinds = [
  'hello',
  'actor',
  'definition',
  'event',
  'step',
  'timer',
  'cancelled',
  'frame',
  'settled',
  'health',
  'gone',
  'dropped',
  'payload',
  'context',
]
const few = <Value>(...values: Value[]) => fc.constantFrom(...values)
const json = few(
  '{"id":"m","initial":"a","states":{"a":{"on":{"x":"b"},"after":{"5":"b"}},"b":{"always":"a"}}}',
  '{"initial":"nowhere","states":{"a":{}}}',
  '{"id":"m","initial":"a","states":{"a":{"on":{"x":"#b"}},"b":{"id":"b","initial":"#m","states":{"c":{}}}}}',
  '{"__proto__":{"x":1},"states":{"__proto__":{},"constructor":{},"a":{"states":[]}}}',
  '{"states":7,"on":{"":"x","*":[null,7,"y"]},"invoke":[{},null,{"src":{}}],"entry":[null,{"type":7}],"type":"parallel"}',
  '[]',
  'nonsense',
)
const message = fc.record({
  kind: few<unknown>(...kinds, 'other', 7),
  t: fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 2_000 }) },
    few<unknown>(Number.NaN, 1e300, -5, '5', null),
  ),
  seq: fc.oneof({ weight: 5, arbitrary: fc.nat(500) }, few<unknown>(-1, 1.5, '1', Number.NaN)),
  actor: few<unknown>('a', 'b', '__proto__', 'constructor', '', 7, null),
  parent: few<unknown>('a', 'b', null, '__proto__', 7),
  name: few<unknown>('a', 'manager', 7, 'x'.repeat(5_000)),
  logic: few<unknown>('machine', 'promise', 'magic'),
  definition: few<unknown>('h', 'g', null, 7),
  hash: few<unknown>('h', 'g', 7),
  json,
  status: few<unknown>('active', 'done', 'error', 'stopped', 'odd'),
  value: few<unknown>('a', 'b', { b: 'c' }, { b: { c: {} } }, null, 7, [], JSON.parse('{"__proto__":"x"}')),
  tags: few<unknown>([], ['online'], ['failed', 7], 'online', null),
  waits: few<unknown>([], [{ event: 'xstate.after.5.m.a', delay: 5, since: 1 }], [null, 7], 'x'),
  event: few<unknown>('xstate.after.5.m.a', 'xstate.after.', 'x', 7),
  delay: few<unknown>(5, -5, Number.POSITIVE_INFINITY, '5'),
  since: few<unknown>(1, Number.NaN),
  because: few<unknown>(1, 2, -1, 'x'),
  taken: few<unknown>(null, [], ['m.a x 0', 7], 'x'),
  source: few<unknown>(null, 'a', 7),
  type: few<unknown>('x', 'xstate.after.5.m.a', 'xstate.done.actor.d', 7),
  direction: few<unknown>('in', 'out', 'up'),
  what: few<unknown>('message', 'send', 'gap', 'error', 'odd'),
  text: few<unknown>(null, 'text', '<b>', 7),
  count: few<unknown>(1, -1, 'x'),
  sequence: few<unknown>(undefined, 0, -1, 'x'),
  connection: few<unknown>(
    undefined,
    {},
    { url: 'x:', protocol: 'sse', maxAttempts: 8 },
    { url: [], maxAttempts: 1e9 },
    7,
  ),
  failure: few<unknown>(null, 'network', 'odd', { code: 'network', message: 'm' }, { code: 'odd', message: 'm' }, 7),
  name2: fc.anything(),
  protocol: few<unknown>(1, 'x'),
  epoch: few<unknown>(0, 1e300, Number.NaN),
})

test('whatever is told, the session neither throws nor shows anything of another shape', () => {
  const seed = Date.now() % 100_000
  fc.assert(
    fc.property(fc.array(message, { maxLength: 60 }), (messages) => {
      const session = sessionOf(hello, ...(messages as unknown as AppMessage[]))
      askEverything(session)
      for (const actor of session.actors(app, null)) {
        expect(typeof actor.name).toBe('string')
        expect(Array.isArray(actor.waits)).toBe(true)
      }
      const times = session.entries(app).map(({ t }) => t)
      expect(times).toEqual([...times].sort((a, b) => a - b))
      for (const { id } of session.actors(app, null)) {
        for (const [index, { from }] of session.bands(app, id).entries()) {
          const to = index === 0 ? from : (session.bands(app, id)[index - 1]?.to ?? null)
          expect(to).toBeLessThanOrEqual(from)
          // One that lives again was stopped in between.
          if (to !== from) expect(session.actor(app, id, to)?.status).toBe('stopped')
        }
      }
    }),
    { seed, numRuns: 300 },
  )
})

test('messages that are no messages are not heard', () => {
  const session = createSession()
  const odd: unknown[] = [
    null,
    7,
    'x',
    [],
    {},
    { app: 7, messages: [] },
    { app: 'a', messages: 'x' },
    { app: 'a', messages: [null, 7] },
  ]
  for (const given of odd) session.apply(given as HubMessage)
  askEverything(session)
  expect(session.apps.map(({ key }) => key)).toEqual(['a'])
})

const nest = (depth: number, inner: string): string => `${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}`
const states = (count: number): string =>
  JSON.stringify({
    id: 'm',
    states: Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, {}])),
  })

describe('a definition that is refused', () => {
  test.each([
    ['has thousands of states', states(20_000)],
    ['is deep', `${'{"states":{"a":'.repeat(5_000)}{}${'}}'.repeat(5_000)}`],
    ['has thousands of transitions', JSON.stringify({ on: { x: Array.from({ length: 20_000 }, () => ({})) } })],
    ['is longer than the bound', JSON.stringify({ description: 'x'.repeat(300_000) })],
    ['leads nowhere', '{"on":{"x":".nowhere"}}'],
    ['begins nowhere', '{"initial":"nowhere","states":{"a":{}}}'],
    ['names one id twice', '{"states":{"a":{"id":"x"},"b":{"id":"x"}},"initial":"a"}'],
    ['is no JSON', '{'],
    ['is no object', '"m"'],
  ])('%s, and costs little', (_, json) => {
    const before = process.cpuUsage()
    const session = sessionOf(hello, { kind: 'definition', hash: 'h', json })
    expect(session.machine(app, 'h')).toBeNull()
    expect(session.machine(app, 'h')).toBeNull()
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000).toBeLessThan(1_000)
  })

  test('with a prototype in it pollutes nothing', () => {
    const json = '{"id":"m","initial":"a","__proto__":{"evil":1},"states":{"a":{},"__proto__":{"on":{"x":"a"}}}}'
    const session = sessionOf(hello, { kind: 'definition', hash: 'h', json })
    expect(Object.keys(session.machine(app, 'h')?.root.states ?? {})).toEqual(['a'])
    expect(Reflect.get({}, 'evil')).toBeUndefined()
  })
})

test('a machine within the bounds is made once, whatever hostile ones stand beside it', () => {
  const session = sessionOf(hello, {
    kind: 'definition',
    hash: 'h',
    json: states(900).replace('{"id"', '{"type":"parallel","id"'),
  })
  const machine = session.machine(app, 'h')
  expect(machine?.id).toBe('m')
  expect(session.machine(app, 'h')).toBe(machine)
})

test('a machine that was told has the transitions of the machine that runs', () => {
  const session = sessionOf(hello, { kind: 'definition', hash: 'h', json: definitionOf(connectionMachine) })
  const machine = session.machine(app, 'h')
  const keysOf = (of: Machine): string[] => {
    const { edges, nodes } = chartModel(of)
    const labels = [...edges.flatMap((edge) => edge.labels), ...[...nodes.values()].flatMap(({ internal }) => internal)]
    return labels.flatMap(({ keys }) => keys)
  }
  expect(machine && keysOf(machine)).toEqual(keysOf(connectionMachine))
  expect(machine && [...chartModel(machine).nodes.keys()]).toEqual([...chartModel(connectionMachine).nodes.keys()])
})

test('a state value that is too deep to walk is not kept', () => {
  const value: unknown = JSON.parse(nest(50_000, '"x"'))
  const actor = {
    kind: 'actor',
    t: 0,
    actor: 'a',
    parent: null,
    name: 'a',
    logic: 'machine',
    definition: null,
  } as const
  const session = sessionOf(hello, { ...actor, status: 'active', value, tags: [], waits: [] })
  expect(session.actor(app, 'a', null)?.value).toBeNull()
  askEverything(session)
})

test('a clock that only runs backwards does not make the session hang', () => {
  const actor = { kind: 'actor', actor: 'a', parent: null, name: 'a', logic: 'machine', definition: null } as const
  const count = 40_000
  const messages = Array.from({ length: count }, (_, index) => {
    return { ...actor, status: 'active', t: count - index, value: `s${index % 7}`, tags: [], waits: [] } as const
  })
  const before = process.cpuUsage()
  const session = sessionOf(hello, ...messages)
  expect(session.bands(app, 'a')).toHaveLength(count)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(5_000)
  expect(session.actor(app, 'a', null)?.value).toBe('s0')
})

test('a recording made of anything opens or is refused, and never throws', () => {
  const seed = Date.now() % 100_000
  fc.assert(
    fc.property(fc.array(fc.oneof(message, fc.jsonValue())), (messages) => {
      const opened = openRecording(JSON.stringify({ format: 'statewire recording', version: 1, protocol: 1, messages }))
      if (isRefused(opened)) throw new Error(opened.refused)
      const session = createSession()
      session.open(opened)
      askEverything(session)
    }),
    { seed, numRuns: 100 },
  )
})
