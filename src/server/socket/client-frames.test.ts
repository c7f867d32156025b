import { describe, expect, test } from 'vitest'
import { parseClientFrame } from './client-frames.ts'

const limits = { jsonDepth: 32, jsonKeys: 1_000 }
const parse = (frame: unknown) => parseClientFrame(typeof frame === 'string' ? frame : JSON.stringify(frame), limits)

const SUB = { t: 'sub', id: 1, s: 'a', o: '-1' }
const PUB = { t: 'pub', s: 'a', pid: 'p', e: 0, q: 0, d: [1] }

describe('a frame', () => {
  test.each([
    { t: 'hello', v: 1 },
    { t: 'hello', v: 1, token: 'x', agent: 'y', caps: ['z'], pingMs: 5_000 },
    { t: 'auth', token: 'x' },
    SUB,
    { ...SUB, max: 1 },
    { t: 'unsub', id: 1, a: 2 },
    PUB,
    { ...PUB, d: [null, false, 0, '', {}, []], close: true },
    { t: 'pub', s: 'a', pid: 'p', e: 0, q: 0, b: ['', 'AA==', 'AAA=', 'AAAA'] },
    { t: 'seen', a: 1, n: 0 },
    { t: 'ping' },
    { t: 'pong', k: 'x' },
    { t: 'ping', k: 7 },
  ])('that is right is taken as it is: %j', (frame) => {
    expect(parse(frame)).toEqual({ kind: 'frame', frame })
  })

  test.each<[unknown, string]>([
    [{ ...SUB, s: undefined }, 's'],
    [{ ...SUB, hunter2: 'hunter2' }, 'hunter2'],
    [{ ...SUB, ['x'.repeat(100)]: 1 }, 'x'.repeat(32)],
    ['{"t":"sub","id":1,"s":"a","o":"-1","__proto__":{"max":1}}', '__proto__'],
    ['{"t":"sub","id":1,"s":"a","o":"-1","constructor":1}', 'constructor'],
    [{ ...SUB, o: 5 }, 'o'],
    [{ ...SUB, id: -1 }, 'id'],
    [{ ...SUB, id: 2 ** 53 }, 'id'],
    [{ ...SUB, id: '1' }, 'id'],
    [{ ...SUB, id: 1.5 }, 'id'],
    ['{"t":"sub","id":1e309,"s":"a","o":"-1"}', 'id'],
    [{ ...SUB, max: 0 }, 'max'],
    [{ ...PUB, d: [] }, 'd'],
    [{ ...PUB, d: { 0: 1 } }, 'd'],
    [{ ...PUB, b: ['A'] }, 'b'],
    [{ ...PUB, b: ['AA=A'] }, 'b'],
    [{ ...PUB, b: [1] }, 'b'],
    [{ ...PUB, pid: 'a b' }, 'pid'],
    [{ ...PUB, close: 1 }, 'close'],
    [{ t: 'auth', token: 'x'.repeat(8_193) }, 'token'],
    [{ t: 'seen', a: 1, n: null }, 'n'],
    [{ t: 'ping', k: 'x'.repeat(65) }, 'k'],
    [{ id: 3 }, 't'],
    [{ t: 7 }, 't'],
  ])('with a field that is not right names it: %j', (frame, field) => {
    expect(parse(frame)).toMatchObject({ kind: 'bad_frame', field })
  })

  test.each(['', 'x', '[]', 'null', '42', '"t"', '{"t":"ping"} x', '\ufeff{"t":"ping"}'])(
    'that is no JSON object is malformed: %j',
    (text) => {
      expect(parse(text)).toEqual({ kind: 'malformed' })
    },
  )

  test('of a type that does not exist is told apart, with its number when it has a good one', () => {
    expect(parse({ t: 'what', id: 3 })).toEqual({ kind: 'unknown_type', id: 3 })
    for (const t of ['constructor', '__proto__', 'toString', ''])
      expect(parse({ t, id: -1 })).toEqual({ kind: 'unknown_type' })
  })

  test('may hold a record that nests as deep as elsewhere, and no deeper', () => {
    const nested = (depth: number) =>
      `{"t":"pub","s":"a","pid":"p","e":0,"q":0,"d":[${'['.repeat(depth)}${']'.repeat(depth)}]}`
    expect(parse(nested(32)).kind).toBe('frame')
    expect(parse(nested(33))).toEqual({ kind: 'too_deep' })
    expect(parse('['.repeat(60_000))).toEqual({ kind: 'too_deep' })
  })

  test('may hold an object with so many members, and no more', () => {
    const wide = (keys: number) => ({
      ...PUB,
      d: [Object.fromEntries(Array.from({ length: keys }, (_, key) => [`k${key}`, 0]))],
    })
    expect(parse(wide(1_000)).kind).toBe('frame')
    expect(parse(wide(1_001))).toEqual({ kind: 'too_many_keys' })
  })

  test('with dangerous names inside its records is harmless', () => {
    const text =
      '{"t":"pub","s":"a","pid":"p","e":0,"q":0,"d":[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]}'
    const parsed = parse(text)
    expect(parsed.kind).toBe('frame')
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect('polluted' in {}).toBe(false)
  })
})
