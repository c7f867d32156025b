import { describe, expect, test } from 'vitest'
import { FROM_NOW, FROM_START, formatOffset, isOffset, parseOffset } from './offset.ts'

const gen = '0192f0a1b2c3d4e5'

describe('offsets', () => {
  test('have one fixed form of 38 characters', () => {
    const offset = formatOffset({ gen, term: 1, seq: 42 })
    expect(offset).toBe('0192f0a1b2c3d4e5_0001_0000000000000042')
    expect(offset).toHaveLength(38)
  })

  test('come back as the parts they were made of, at both ends of each range', () => {
    for (const term of [0, 1, 0xffff])
      for (const seq of [0, 1, 999, Number.MAX_SAFE_INTEGER])
        expect(parseOffset(formatOffset({ gen, term, seq }))).toEqual({ gen, term, seq })
  })

  test('sort as text in the order of their positions', () => {
    const later = '0192f0a1b2c3d4e6'
    const inOrder = [
      formatOffset({ gen, term: 1, seq: 9 }),
      formatOffset({ gen, term: 1, seq: 10 }),
      formatOffset({ gen, term: 2, seq: 0 }),
      formatOffset({ gen, term: 16, seq: 0 }),
      formatOffset({ gen: later, term: 1, seq: 0 }),
    ]
    expect([...inOrder].reverse().sort()).toEqual(inOrder)
  })

  test.each([
    '',
    FROM_START,
    FROM_NOW,
    '0',
    `${gen.toUpperCase()}_0001_0000000000000042`,
    `${gen}_001_0000000000000042`,
    `${gen}_0001_000000000000042`,
    `${gen}_0001_00000000000000420`,
    `${gen}_0001_0000000000000042 `,
    `${gen}_0001_0000000000000042\n`,
    `${gen}_0001_0000000000000042,${gen}_0001_0000000000000042`,
    `${gen}_0001_9999999999999999`,
    `${gen}_0001_00000000000000-1`,
    '9'.repeat(10_000),
  ])('refuse %j', (text) => {
    expect(parseOffset(text)).toBeNull()
    expect(isOffset(text)).toBe(false)
  })

  test.each([
    { gen: 'short', term: 1, seq: 0 },
    { gen, term: -1, seq: 0 },
    { gen, term: 0x1_0000, seq: 0 },
    { gen, term: 1, seq: -1 },
    { gen, term: 1, seq: 0.5 },
    { gen, term: 1, seq: 2 ** 53 },
  ])('are never minted from parts that would not fit: %j', (parts) => {
    expect(() => formatOffset(parts)).toThrow(RangeError)
  })
})
