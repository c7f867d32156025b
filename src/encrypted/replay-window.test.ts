import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReplayWindow } from './replay-window.ts'

test('a window of one takes only rising numbers, and counts what is jumped over', () => {
  const window = new ReplayWindow(1)
  expect([5, 6, 6, 5, 9, 8, 10].map((sequence) => window.take(sequence))).toEqual([0, 0, null, null, 2, null, 0])
})

test('a wider window takes late numbers once', () => {
  const window = new ReplayWindow(4)
  expect([10, 13, 11, 11, 10, 12, 9].map((sequence) => window.take(sequence))).toEqual([0, 2, 0, null, null, 0, null])
})

test('the slots of a jump are free again, also after a jump over the whole window', () => {
  const window = new ReplayWindow(3)
  for (const sequence of [0, 1, 2]) window.take(sequence)
  expect(window.take(4)).toBe(1)
  expect(window.take(3)).toBe(0)
  expect(window.take(4_294_967_295)).toBe(4_294_967_290)
  expect(window.take(4_294_967_294)).toBe(0)
  expect(window.take(4_294_967_294)).toBeNull()
})

test('no number is ever taken twice, and none that is new and within the window is refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(fc.nat(60), { maxLength: 120 }), (width, sequences) => {
      const window = new ReplayWindow(width)
      const taken = new Set<number>()
      let highest = -1
      for (const sequence of sequences) {
        const isFree = !taken.has(sequence) && sequence > highest - width
        expect(window.take(sequence) !== null).toBe(isFree)
        if (isFree) taken.add(sequence)
        if (isFree) highest = Math.max(highest, sequence)
      }
    }),
    { verbose: 1 },
  )
})
