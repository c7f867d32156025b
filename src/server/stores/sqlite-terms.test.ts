import { describe, expect, test } from 'vitest'
import { termsAfter, termsFromText, termsToText } from './sqlite-terms.ts'
import { StoreError } from './store.ts'

const FIRST = [{ term: 1, after: 0 }]

describe('the terms of a stream', () => {
  test('stay when there was no boot', () => {
    expect(termsAfter(FIRST, 0, 7)).toBe(FIRST)
  })

  test('grow by one for each boot, also for those in which nobody looked', () => {
    expect(termsAfter(FIRST, 3, 7)).toEqual([
      { term: 1, after: 0 },
      { term: 2, after: 7 },
      { term: 3, after: 7 },
      { term: 4, after: 7 },
    ])
  })

  test('are the same whether they were written in between or not', () => {
    expect(termsAfter(termsAfter(FIRST, 2, 7), 3, 7)).toEqual(termsAfter(FIRST, 5, 7))
  })

  test('are at most 64, the youngest', () => {
    const many = termsAfter(FIRST, 1_000, 7)
    expect([many.length, many[0]?.term, many.at(-1)?.term]).toEqual([64, 938, 1_001])
    expect(termsAfter(FIRST, 63, 7)).toHaveLength(64)
    expect(termsAfter(FIRST, 64, 7)[0]).toEqual({ term: 2, after: 7 })
  })

  test('end where an offset has no digits any more', () => {
    expect(termsAfter(FIRST, 100_000, 7).at(-1)).toEqual({ term: 0xffff, after: 7 })
    expect(termsAfter([{ term: 0xffff, after: 1 }], 5, 7)).toEqual([{ term: 0xffff, after: 1 }])
  })

  test('can be written and read', () => {
    for (const terms of [FIRST, termsAfter(FIRST, 90, Number.MAX_SAFE_INTEGER)])
      expect(termsFromText(termsToText(terms))).toEqual(terms)
  })

  test.each(['', 'nonsense', '1', '1:', ':1', '1:2:', '1:0 x'])('are not read from %j', (text) => {
    expect(() => termsFromText(text)).toThrow(StoreError)
  })
})
