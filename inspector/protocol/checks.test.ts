import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bounds } from './bounds.ts'
import { appBatch, asked, viewerMessage } from './checks.ts'
import type { AppMessage, ViewerMessage } from './messages.ts'

const seed = Date.now()
console.log(`seed ${seed}`)

const name = fc.string({ maxLength: 40 })
const count = fc.nat()
const t = fc.double({ min: 0, noDefaultInfinity: true, noNaN: true })
const text = fc.string({ maxLength: 200 })
const nullable = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null })
const status = fc.constantFrom('active', 'done', 'error', 'stopped')
const tags = fc.array(name, { maxLength: 5 })
const value = fc.oneof(name, fc.dictionary(name, fc.dictionary(name, name), { maxKeys: 4 }), fc.constant(null))
const wait = { event: name, delay: t, since: t }
const kind = <Kind extends string>(of: Kind) => fc.constant(of)
const failure = fc.record({ code: fc.constant('network'), message: text })
const logic = fc.constantFrom('machine', 'promise', 'callback', 'observable', 'transition', 'other')

/** Of each kind. */
const right = {
  hello: { protocol: count, name, runtime: fc.constantFrom('node', 'browser', 'other'), epoch: t },
  actor: {
    ...{ t, actor: name, parent: nullable(name), name, logic, definition: nullable(name), status, value, tags },
    waits: fc.array(fc.record(wait), { maxLength: 3 }),
    connection: fc.record({ url: nullable(name), protocol: nullable(name), maxAttempts: nullable(count) }),
  },
  definition: { hash: name, json: text },
  event: { seq: count, t, actor: name, source: nullable(name), type: name },
  step: { seq: count, t, actor: name, because: count, taken: nullable(fc.array(name)), value, tags, status },
  timer: { t, actor: name, ...wait },
  cancelled: { t, actor: name, event: name },
  settled: { t, actor: name, seq: count, failure: nullable(fc.constantFrom('network', 'send_failed')) },
  frame: {
    ...{ seq: count, t, actor: name, direction: fc.constantFrom('in', 'out'), bytes: count },
    ...{ what: fc.constantFrom('message', 'send', 'gap', 'error'), position: nullable(text), text: nullable(text) },
    sequence: count,
  },
  health: {
    ...{ t, actor: name, received: count, sent: count, queued: count, attempt: count, silence: t },
    ...{ position: nullable(text), failure: nullable(failure) },
  },
  gone: { t, actor: name, status },
  dropped: { t, count },
  payload: { seq: count, text: nullable(text) },
  context: { t, actor: name, text },
} satisfies Record<AppMessage['kind'], Record<string, fc.Arbitrary<unknown>>>

/** What a message may be without. */
const optional = ['connection', 'sequence']
const messages = Object.entries<Record<string, fc.Arbitrary<unknown>>>(right).map(([of, fields]) => {
  const all: Record<string, fc.Arbitrary<unknown>> = { kind: kind(of), ...fields }
  return fc.record(all, { requiredKeys: Object.keys(all).filter((key) => !optional.includes(key)) })
})
const message = fc.oneof(...messages)

const wants: Record<ViewerMessage['kind'], fc.Arbitrary<unknown>> = {
  sync: fc.record({ kind: kind('sync') }),
  want: fc.record({ kind: kind('want'), contextOf: nullable(name), texts: fc.boolean() }),
  payload: fc.record({ kind: kind('payload'), seq: count }),
}

describe('a batch of an app', () => {
  test('of right messages is taken as it is, over the wire too', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 10 }), (batch) => {
        expect(appBatch(batch)).toBe(batch)
        const sent: unknown = JSON.parse(JSON.stringify(batch))
        expect(appBatch(sent)).toBe(sent)
      }),
      { seed },
    )
  })

  test('whatever it is, is answered and not thrown at', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true }), (anything) => {
        expect([undefined, anything]).toContain(appBatch(anything))
        expect(viewerMessage(anything)).toBe(undefined)
        expect(asked(anything)).toBe(undefined)
      }),
      { seed },
    )
  })

  test('with a field that is missing, one more, or of another type is refused as a whole', () => {
    const foreign = fc.constantFrom<unknown>(undefined, [], Number.NaN, Number.POSITIVE_INFINITY, () => 1, Symbol('x'))
    const spoiled = message.chain((good) =>
      fc.oneof(
        fc
          .string({ minLength: 1 })
          .map((key) =>
            Object.hasOwn(good, key) || key === '__proto__' ? { ...good, extra: 1 } : { ...good, [key]: 1 },
          ),
        fc
          .constantFrom(...Object.keys(good).filter((key) => key !== 'value'))
          .map((key) => ({ ...good, [key]: undefined })),
        fc
          .tuple(
            fc.constantFrom(...Object.keys(good).filter((key) => !['value', 'tags', 'taken', 'waits'].includes(key))),
            foreign,
          )
          .map(([key, wrong]) => ({ ...good, [key]: wrong })),
      ),
    )
    fc.assert(
      fc.property(message, spoiled, (good, bad) => {
        // A number for an optional value is right.
        fc.pre(!('value' in bad && bad.value === 1))
        expect(appBatch([good, bad])).toBe(undefined)
      }),
      { seed },
    )
  })

  test('keeps the bounds', () => {
    const frame = {
      kind: 'frame',
      seq: 1,
      t: 1,
      actor: 'a',
      direction: 'in',
      what: 'message',
      bytes: 1,
      position: null,
    }
    const definition = { kind: 'definition', hash: 'h' }
    const of = (letters: number, letter = 'x') => letter.repeat(letters)
    expect(appBatch([{ ...frame, text: of(bounds.textLength) }])).toBeDefined()
    expect(appBatch([{ ...frame, text: of(bounds.textLength + 1) }])).toBe(undefined)
    expect(appBatch([{ ...definition, json: of(bounds.definitionBytes) }])).toBeDefined()
    expect(appBatch([{ ...definition, json: of(bounds.definitionBytes + 1) }])).toBe(undefined)
    expect(appBatch([{ ...definition, json: of(bounds.definitionBytes / 2 + 1, 'é') }])).toBe(undefined)
    expect(appBatch(Array(bounds.ring + 1).fill({ kind: 'dropped', t: 0, count: 0 }))).toBe(undefined)
    expect(appBatch([{ kind: 'event', seq: 1.5, t: 0, actor: 'a', source: null, type: 'x' }])).toBe(undefined)
    expect(appBatch([{ kind: 'gone', t: 0, actor: of(1_025), status: 'done' }])).toBe(undefined)
  })

  test('has values of some depth and some parts, not of any', () => {
    const step = { kind: 'step', seq: 2, t: 1, actor: 'a', because: 1, taken: null, tags: [], status: 'active' }
    const nested = (depth: number): unknown => (depth === 0 ? 'x' : { s: nested(depth - 1) })
    const wide = (parts: number) => Object.fromEntries(Array.from({ length: parts }, (_, index) => [index, 'x']))
    expect(appBatch([step])).toBeDefined()
    expect(appBatch([{ ...step, value: nested(32) }])).toBeDefined()
    expect(appBatch([{ ...step, value: nested(33) }])).toBe(undefined)
    expect(appBatch([{ ...step, value: wide(4_000) }])).toBeDefined()
    expect(appBatch([{ ...step, value: wide(5_000) }])).toBe(undefined)
  })
})

describe('a question of a viewer', () => {
  test.each(Object.entries(wants))('%s is taken as it is', (_kind, question) => {
    fc.assert(
      fc.property(question, name, (right, app) => {
        expect(viewerMessage(right)).toBe(right)
        const whole = { app, asked: right }
        expect(asked(whole)).toBe(whole)
      }),
      { seed },
    )
  })

  test.each([
    { kind: 'send', event: {} },
    { kind: 'payload', seq: '1' },
    { kind: 'want', contextOf: null },
    { kind: 'sync', more: 1 },
    { kind: 'constructor' },
    { kind: '__proto__' },
    null,
    'sync',
  ])('%j is none', (question) => {
    expect(viewerMessage(question)).toBe(undefined)
    expect(asked({ app: 'a', asked: question })).toBe(undefined)
  })
})
