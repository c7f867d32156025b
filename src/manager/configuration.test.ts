import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TransportConfig } from '../transport/config.ts'
import { mergeConfig } from './configuration.ts'

const url = 'https://example.com/events'
type Sse = TransportConfig<'sse'>

describe('layers', () => {
  test('win in their order: defaults, manager, key, call', () => {
    const layers = [
      { connectTimeout: 1, lazy: true, maxAttempts: 1, retryBudget: 1 },
      { connectTimeout: 2, lazy: false, maxAttempts: 2 },
      { connectTimeout: 3, lazy: true },
    ]
    const [defaults, manager, key] = layers
    expect(mergeConfig<Sse>(defaults, manager, key, { url, connectTimeout: 4 })).toEqual({
      url,
      connectTimeout: 4,
      lazy: true,
      maxAttempts: 2,
      retryBudget: 1,
    })
  })

  test('that say undefined, or are missing, say nothing; false and 0 are said', () => {
    const merged = mergeConfig<Sse>(
      { lazy: true, maxAttempts: 5, environment: false },
      undefined,
      { lazy: false, connectTimeout: undefined },
      { url, maxAttempts: 0, lazy: undefined, backoff: undefined },
    )
    expect(merged).toEqual({ url, lazy: false, maxAttempts: 0, environment: false })
  })

  test('are left as they are', () => {
    const manager = Object.freeze({ backoff: Object.freeze({ base: 100 }), headers: Object.freeze({ a: '1' }) })
    const call = Object.freeze({ url, backoff: Object.freeze({ cap: 2_000 }), headers: Object.freeze({ b: '2' }) })
    mergeConfig<Sse>(manager, call)
    expect(manager).toEqual({ backoff: { base: 100 }, headers: { a: '1' } })
    expect(call).toEqual({ url, backoff: { cap: 2_000 }, headers: { b: '2' } })
  })

  test('that were merged before merge to the same, however they are grouped', () => {
    const layer = fc.record(
      {
        lazy: fc.boolean(),
        maxAttempts: fc.nat(9),
        position: fc.constantFrom('a', 'b'),
        backoff: fc.record({ base: fc.nat(9), cap: fc.nat(9) }, { requiredKeys: [] }),
        headers: fc.dictionary(fc.constantFrom('a', 'A', 'b'), fc.constantFrom('1', '2')),
      },
      { requiredKeys: [] },
    )
    const headersOf = ({ headers = {} }: Sse): object => Object.fromEntries(new Headers(headers as HeadersInit))
    fc.assert(
      fc.property(layer, layer, layer, (one, two, three) => {
        const flat = mergeConfig<Sse>(one, two, { url, ...three })
        const nested = mergeConfig<Sse>(mergeConfig<Partial<Sse>>(one, two), { url, ...three })
        expect({ ...nested, headers: headersOf(nested) }).toEqual({ ...flat, headers: headersOf(flat) })
      }),
    )
  })
})

describe('options', () => {
  test('made of fields merge field by field', () => {
    const merged = mergeConfig<Sse>(
      { backoff: { base: 100, cap: 1_000 }, outbox: { messages: 10 }, query: { room: '1', from: '2' } },
      { url, backoff: { cap: 2_000 }, outbox: { overflow: 'block' }, query: { from: '3' } },
    )
    expect(merged).toEqual({
      url,
      backoff: { base: 100, cap: 2_000 },
      outbox: { messages: 10, overflow: 'block' },
      query: { room: '1', from: '3' },
    })
  })

  test('that are values, functions or instances are taken whole', () => {
    const [oldDraw, newDraw] = [() => 0, () => 1]
    const address = new URL(url)
    const merged = mergeConfig<Sse>(
      { url, random: oldDraw, events: ['a'], body: { question: 1, language: 'en' } },
      { url: address, random: newDraw, events: ['b'], body: { question: 2 } },
    )
    expect(merged).toEqual({ url: address, random: newDraw, events: ['b'], body: { question: 2 } })
    expect(merged.url).toBe(address)
  })

  test('cannot reach a prototype', () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":1},"backoff":{"__proto__":{"polluted":1},"base":5}}')
    const merged = mergeConfig<Sse>({ backoff: { cap: 9 } }, hostile, { url })
    expect(merged).toEqual({ url, backoff: { cap: 9, base: 5 } })
    expect([merged, merged.backoff, {}].map((object) => 'polluted' in Object(object))).toEqual([false, false, false])
    expect(Object.getPrototypeOf({ ...merged })).toBe(Object.prototype)
  })

  test('that a layer inherits are not its own', () => {
    expect(mergeConfig<Sse>(Object.create({ lazy: true }) as Partial<Sse>, { url })).toEqual({ url })
  })
})

describe('headers', () => {
  const merged = (...sources: Sse['headers'][]): unknown => {
    const layers = sources.map((headers) => ({ headers }))
    const { headers } = mergeConfig<Sse>(...layers, { url })
    return typeof headers === 'function' ? headers : Object.fromEntries(new Headers(headers))
  }

  test('merge by name, whatever their case and however they are written', () => {
    expect(
      merged(
        { Accept: 'a', 'X-Team': 'red' },
        [['accept', 'b']],
        new Headers({ ACCEPT: 'c', authorization: 'Bearer x' }),
      ),
    ).toEqual({ accept: 'c', 'x-team': 'red', authorization: 'Bearer x' })
  })

  test('that are made for each attempt take the place of all others, and others theirs', () => {
    const made = () => ({ authorization: 'Bearer y' })
    expect(merged({ accept: 'a' }, made)).toBe(made)
    expect(merged(made, { accept: 'a' })).toEqual({ accept: 'a' })
  })

  test('which nobody can send are left for the transport to refuse', () => {
    const { headers } = mergeConfig<Sse>({ headers: { good: '1' } }, { url, headers: { 'bad name': 'x' } })
    expect(headers).toEqual([
      ['good', '1'],
      ['bad name', 'x'],
    ])
  })
})
