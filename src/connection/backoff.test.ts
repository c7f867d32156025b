import { expect, test } from 'vitest'
import { longestPause } from '../errors.ts'
import { backoffDelay, defaultBackoff } from './backoff.ts'

const draw = (attempt: number, chance: number, floor: number, crowd = false) =>
  backoffDelay({ ...defaultBackoff, attempt, chance, floor, crowd })

test('the first retry of a lone cut comes within 500 ms, and it is jittered', () => {
  expect(draw(1, 0, 0)).toBe(0)
  expect(draw(1, 0.5, 0)).toBe(250)
  expect(draw(1, 0.999, 0)).toBeLessThanOrEqual(500)
})

test('who fails twice is spread over four seconds, then the window doubles up to 20 s and stays there for ever', () => {
  const windows = [1, 2, 3, 4, 5, 6, 7, 8, 100, 10_000].map((attempt) => draw(attempt, 1, 0))
  expect(windows).toEqual([500, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000, 20_000, 20_000, 20_000])
})

test('what the server asks for is a floor, and jitter comes on top so that a herd does not return at once', () => {
  expect(draw(1, 0, 3_000)).toBe(3_000)
  expect(draw(1, 0.5, 3_000)).toBe(3_250)
})

test('no server silences a client for more than ten minutes', () => {
  expect(draw(1, 0, 10 ** 12)).toBe(longestPause)
})

test('those whom an overloaded or draining server gave the same pause are spread over 7.5 s', () => {
  expect(draw(1, 0.999, 2_000, true)).toBe(9_493)
  expect(draw(1, 0.5, 0, true)).toBe(250)
  expect(draw(9, 0.5, 2_000, true)).toBe(12_000)
})
