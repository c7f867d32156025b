import { expect, test } from 'vitest'
import { longestPause } from '../errors.ts'
import { backoffDelay, defaultBackoff } from './backoff.ts'

test('the first retry of a lone cut comes within 500 ms, and it is jittered', () => {
  expect(backoffDelay(defaultBackoff, 1, 0, 0)).toBe(0)
  expect(backoffDelay(defaultBackoff, 1, 0.5, 0)).toBe(250)
  expect(backoffDelay(defaultBackoff, 1, 0.999, 0)).toBeLessThanOrEqual(500)
})

test('the window doubles with each failure up to 20 s, and stays there for ever', () => {
  const windows = [1, 2, 3, 4, 5, 6, 7, 8, 100, 10_000].map((attempt) => backoffDelay(defaultBackoff, attempt, 1, 0))
  expect(windows).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000, 20_000, 20_000])
})

test('what the server asks for is a floor, and jitter comes on top so that a herd does not return at once', () => {
  expect(backoffDelay(defaultBackoff, 1, 0, 3_000)).toBe(3_000)
  expect(backoffDelay(defaultBackoff, 1, 0.5, 3_000)).toBe(3_250)
})

test('no server silences a client for more than ten minutes', () => {
  expect(backoffDelay(defaultBackoff, 1, 0, 10 ** 12)).toBe(longestPause)
})
