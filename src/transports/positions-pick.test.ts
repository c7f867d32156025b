import { describe, expect, it } from 'vitest'
import { TransportError } from '../errors.ts'
import { finderOf, jsonOf, type PositionPick } from './positions-pick.ts'

function found(pick: PositionPick, data: unknown): string | undefined {
  return finderOf('pick', pick)({ data }, jsonOf({ data }))
}

function refusalOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (thrown) {
    return thrown
  }
}

describe('a position in a message', () => {
  it.each<[PositionPick, unknown, string | undefined]>([
    ['seq', '{"seq":7}', '7'],
    ['seq', ' \n{"seq":"a7"}', 'a7'],
    ['seq', { seq: 0 }, '0'],
    ['seq', '{"seq":1.5}', '1.5'],
    ['a.b.0', '{"a":{"b":["x"]}}', 'x'],
    ['0.id', '[{"id":3}]', '3'],
    ['seq', '{"a":{"seq":7}}', undefined],
    ['seq', '{"seq":null}', undefined],
    ['seq', '{"seq":{}}', undefined],
    ['seq', '{"seq":""}', undefined],
    ['seq', '{"seq":true}', undefined],
    ['seq.length', '{"seq":"abc"}', undefined],
    ['constructor', '{}', undefined],
    ['seq', 'seq', undefined],
    ['seq', '[DONE]', undefined],
    ['seq', '{"seq":7', undefined],
    ['seq', new Uint8Array([7]), undefined],
    [({ data }) => String(data).length, 'four', '4'],
    [() => null, 'four', undefined],
    [() => undefined, 'four', undefined],
    [() => Number.NaN, 'four', undefined],
  ])('%s of %j is %s', (pick, data, position) => {
    expect(found(pick, data)).toBe(position)
  })

  it('is refused where JSON has lost its last digits', () => {
    expect(found('id', `{"id":${Number.MAX_SAFE_INTEGER}}`)).toBe('9007199254740991')
    expect(refusalOf(() => found('id', '{"id":9007199254740993}'))).toMatchObject({ code: 'decode_failed' })
    expect(found('id', '{"id":"9007199254740993"}')).toBe('9007199254740993')
  })

  it('is refused where it has half a character, which no request can name', () => {
    expect(refusalOf(() => found('id', '{"id":"a\\ud83d"}'))).toMatchObject({ code: 'decode_failed' })
    expect(found('id', '{"id":"a\\ud83d\\ude00"}')).toBe('a😀')
  })

  it('is refused where it is too long to go into a request', () => {
    expect(found('id', { id: 'a'.repeat(4_096) })).toHaveLength(4_096)
    const refused = refusalOf(() => found('id', { id: 'secret'.repeat(1_000) }))
    expect(refused).toMatchObject({ code: 'limit_exceeded' })
    expect(String(refused)).not.toContain('secret')
  })

  it('is not passed over where the function that finds it fails', () => {
    const failing = (): string => {
      throw new RangeError('the app is wrong')
    }
    expect(refusalOf(() => found(failing, 'a'))).toMatchObject({ code: 'internal', cause: expect.any(RangeError) })
    const own = new TransportError('gap', 'The app says so.')
    const refusing = (): string => {
      throw own
    }
    expect(refusalOf(() => found(refusing, 'a'))).toBe(own)
  })

  it.each(['', '.', 'a.', 'a..b', 7, null, undefined, {}])('cannot be looked for by %j', (pick) => {
    expect(refusalOf(() => finderOf('pick', pick as PositionPick))).toMatchObject({
      code: 'bad_option',
      message: 'Option pick must be the name of a field, or a function.',
    })
  })
})
