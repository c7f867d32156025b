import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bounds } from './bounds.ts'
import { appBatch } from './checks.ts'
import type { AppMessage } from './messages.ts'
import { isStandard, type StandardSource, standardSource } from './standard.ts'

const seed = Date.now()
console.log(`seed ${seed}`)

const facts = { _version: '0.7.2', createdAt: '1700000000000', id: null, rootId: 'x:0', sessionId: 'x:0' }
const actor = {
  ...facts,
  type: '@xstate.actor',
  name: 'light',
  definition: '{"id":"light","initial":"red","states":{"red":{}}}',
  snapshot: { status: 'active', value: 'red', context: { secret: 'hunter2' }, tags: ['pending'] },
}
const event = {
  ...facts,
  type: '@xstate.event',
  event: { type: 'go', password: 'hunter2' },
  createdAt: '1700000000250',
}
const snapshot = {
  ...facts,
  type: '@xstate.snapshot',
  event: { type: 'go', password: 'hunter2' },
  snapshot: { status: 'active', value: 'green', context: { secret: 'hunter2' }, tags: [] },
  createdAt: '1700000000251',
}

function told(source: StandardSource, ...messages: readonly unknown[]): AppMessage[] {
  return messages.flatMap((message) => source.take(message) ?? [])
}

test('actor, event and snapshot become ours, without what they carry', () => {
  const messages = told(standardSource(), actor, event, snapshot)
  expect(messages).toEqual([
    { kind: 'hello', protocol: 1, name: 'light', runtime: 'other', epoch: 1_700_000_000_000 },
    { kind: 'definition', hash: expect.stringMatching(/^[0-9a-f]{16}$/), json: actor.definition },
    {
      ...{ kind: 'actor', t: 0, actor: 'x:0', parent: null, name: 'light', logic: 'machine' },
      ...{ definition: 'hash' in (messages[1] ?? {}) ? Reflect.get(messages[1] ?? {}, 'hash') : '' },
      ...{ status: 'active', value: 'red', tags: ['pending'], waits: [] },
    },
    { kind: 'event', seq: 1, t: 250, actor: 'x:0', source: null, type: 'go' },
    { kind: 'step', seq: 2, t: 251, actor: 'x:0', because: 1, taken: null, value: 'green', tags: [], status: 'active' },
  ])
  expect(JSON.stringify(messages)).not.toContain('hunter2')
})

test('a transition, as XState 6 tells it, is an event and where it has led', () => {
  const transition = { ...snapshot, type: '@xstate.transition', eventType: 'go', sourceId: 'x:9', microsteps: [{}] }
  const messages = told(standardSource(), actor, transition, { ...transition, sessionId: 'x:1' })
  expect(messages.slice(3)).toMatchObject([
    { kind: 'event', seq: 1, t: 251, actor: 'x:0', source: 'x:9', type: 'go' },
    { kind: 'step', seq: 2, t: 251, actor: 'x:0', because: 1, taken: null, value: 'green' },
    { kind: 'actor', actor: 'x:1', logic: 'machine', value: 'green' },
    { kind: 'event', seq: 3, actor: 'x:1' },
    { kind: 'step', seq: 4, actor: 'x:1', because: 3 },
  ])
  expect(JSON.stringify(messages)).not.toContain('hunter2')
})

test('a machine of many actors is said once, by another hash than another machine', () => {
  const other = { ...actor, sessionId: 'x:2', definition: '{"id":"other"}' }
  const messages = told(standardSource(), actor, { ...actor, sessionId: 'x:1', parentId: 'x:0' }, other)
  const definitions = messages.filter(({ kind }) => kind === 'definition')
  expect(definitions).toHaveLength(2)
  expect(new Set(definitions.map((definition) => Reflect.get(definition, 'hash'))).size).toBe(2)
  expect(messages.filter(({ kind }) => kind === 'actor')).toMatchObject([{ parent: null }, { parent: 'x:0' }, {}])
})

test('an actor that ends is gone', () => {
  const done = { ...snapshot, snapshot: { status: 'done', value: 'green' } }
  expect(told(standardSource(), actor, event, done).at(-1)).toEqual({
    kind: 'gone',
    t: 251,
    actor: 'x:0',
    status: 'done',
  })
})

test('whoever comes in the middle is an actor all the same, and a snapshot by hand has its event', () => {
  const kinds = told(standardSource(), snapshot, { ...event, sessionId: 'x:7' }).map(({ kind }) => kind)
  expect(kinds).toEqual(['hello', 'actor', 'event', 'step', 'actor', 'event'])
})

test('time does not go back with the wall clock', () => {
  const source = standardSource()
  told(source, actor, snapshot)
  expect(told(source, { ...event, createdAt: '1699999999999' })).toMatchObject([{ kind: 'event', t: 251 }])
})

test('a machine that is too large is an actor without a chart', () => {
  const large = { ...actor, definition: JSON.stringify({ id: 'x'.repeat(bounds.definitionBytes) }) }
  expect(told(standardSource(), large).map(({ kind }) => kind)).toEqual(['hello', 'actor'])
})

describe('what is none of it', () => {
  test.each([
    null,
    'x',
    [],
    { ...actor, _version: 7 },
    { ...actor, type: 'actor' },
    { ...actor, sessionId: 7 },
    { ...actor, createdAt: 'now' },
    { ...actor, createdAt: 1_700_000_000_000 },
  ])('%j', (message) => {
    expect(standardSource().take(message)).toBe(undefined)
  })

  test('a type that came later says nothing yet', () => {
    const later = { ...actor, type: '@xstate.microstep' }
    expect(isStandard(later)).toBe(true)
    expect(standardSource().take(later)).toEqual([])
  })

  test('ours is not the standard’s', () => {
    expect(isStandard([{ kind: 'hello' }])).toBe(false)
  })
})

test('whatever comes, what goes out is right', () => {
  const anything = fc.oneof(fc.anything(), fc.string({ maxLength: 3_000 }))
  const message = fc.record(
    {
      _version: fc.constant('0.7.2'),
      type: fc.constantFrom('@xstate.actor', '@xstate.event', '@xstate.snapshot', '@xstate.transition'),
      sessionId: fc.oneof(fc.constantFrom('x:0', 'x:1'), fc.string({ maxLength: 3_000 })),
      createdAt: fc.nat().map(String),
      name: anything,
      parentId: anything,
      sourceId: anything,
      definition: fc.oneof(fc.json(), anything),
      event: fc.oneof(anything, fc.record({ type: anything })),
      snapshot: fc.oneof(
        anything,
        fc.record({ status: anything, value: anything, tags: fc.oneof(anything, fc.array(anything)) }),
      ),
    },
    { requiredKeys: ['_version', 'type', 'sessionId', 'createdAt'] },
  )
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 20 }), (messages) => {
      const out = told(standardSource(), ...messages)
      expect(out[0]?.kind).toBe('hello')
      expect(appBatch(out)).toBe(out)
      const numbers = out.flatMap((message) => ('seq' in message ? [message.seq] : []))
      expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    }),
    { seed },
  )
})
