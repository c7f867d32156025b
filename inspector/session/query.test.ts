import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQuery } from './query.ts'
import type { Entry } from './view.ts'

const event = (seq: number, actor: string, type: string): Entry => ({
  kind: 'event',
  seq,
  t: seq,
  actor,
  source: 'manager',
  type,
})
const entries: readonly Entry[] = [
  event(1, 'chat-1', 'connect'),
  event(12, 'chat-1', 'xstate.after.backoff.connection.reconnecting.waiting'),
  event(3, 'chat-2', 'retry'),
  {
    kind: 'step',
    seq: 4,
    t: 4,
    actor: 'chat-1',
    because: 1,
    taken: null,
    value: { connected: { flow: 'paused' } },
    tags: [],
    status: 'active',
  },
  {
    kind: 'frame',
    seq: 5,
    t: 5,
    actor: 'chat-2',
    direction: 'in',
    what: 'message',
    bytes: 5,
    position: '7-0',
    text: 'Hello World',
  },
]

const found = (query: string) => entries.filter((entry) => parseQuery(query).matches(entry)).map(({ seq }) => seq)

test.each([
  ['', [1, 12, 3, 4, 5]],
  ['type:after', [12]],
  ['type:AFTER', [12]],
  ['actor:chat-1', [1, 12, 4]],
  ['actor:chat-1 kind:event', [1, 12]],
  ['actor:chat-1 actor:chat-2 kind:event', [1, 12, 3]],
  ['-kind:frame -actor:chat-1', [3]],
  ['-message', [1, 12, 3, 4]],
  ['state:paused', [4]],
  ['"hello world"', [5]],
  ['hello world', [5]],
  ['hello mars', []],
  ['seq:1', [1]],
  ['direction:in what:message', [5]],
  ['position:7-0', [5]],
  ['source:manager', [1, 12, 3]],
])('the query %j finds %j', (query, seqs) => {
  expect(found(query)).toEqual(seqs)
  expect(parseQuery(query).misunderstood).toEqual([])
})

test('an actor is found by its name too, where that is known', () => {
  const { matches } = parseQuery('actor:kitchen')
  expect(
    entries.filter((entry) => matches(entry, { name: (actor) => (actor === 'chat-2' ? 'Kitchen' : '') })),
  ).toHaveLength(2)
})

test.each([
  ['typ:after', 'There is no “typ:”'],
  ['__proto__:x constructor:y', 'There is no “constructor:”'],
  ['type:', '“type:” needs a word after it.'],
  ['kind:steps', '“kind:” is one of event, step, frame.'],
  ['"open', 'A quotation mark is not closed.'],
])('of the query %j it says what was not understood', (query, complaint) => {
  expect(parseQuery(query).misunderstood.join(' ')).toContain(complaint)
})

test('what was not understood does not hide the rest', () => {
  expect(found('typ:after actor:chat-2')).toEqual([3, 5])
})

test('no text makes it throw, hang, or match what the text negates', () => {
  const seed = Date.now() % 100_000
  fc.assert(
    fc.property(fc.string({ maxLength: 3_000 }), (text) => {
      const { matches } = parseQuery(text)
      for (const entry of entries) expect(typeof matches(entry)).toBe('boolean')
      const word = text.replace(/[\s":-]/g, '').slice(0, 20)
      if (word !== '')
        for (const entry of entries) expect(parseQuery(`"${word}" -"${word}"`).matches(entry)).toBe(false)
    }),
    { seed },
  )
})
