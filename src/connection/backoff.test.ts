import { expect, test } from 'vitest'
import { longestPause } from '../errors.ts'
import { backoffDelay, defaultBackoff, longestDelay } from './backoff.ts'

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

test('a pause of ten minutes is believed, a longer one is cut, and the jitter comes on top of it', () => {
  expect(draw(1, 0, longestPause - 1)).toBe(longestPause - 1)
  expect(draw(1, 0.5, longestPause + 1)).toBe(longestPause + 250)
})

test('a window of one’s own doubles from its base to its cap, and a cap below the base is the window', () => {
  const windows = (base: number, cap: number) =>
    [0, 1, 2, 3, 4].map((attempt) => backoffDelay({ base, cap, attempt, chance: 1, floor: 0, crowd: false }))
  expect(windows(100, 10_000)).toEqual([100, 100, 800, 1_600, 3_200])
  expect(windows(100, 50)).toEqual([50, 50, 50, 50, 50])
})

test('a crowd is spread over the wider of its own window and 7.5 s, and only where there is a floor', () => {
  expect(draw(2, 1, 1, true)).toBe(7_501)
  expect(draw(3, 1, 1, true)).toBe(8_001)
  expect(draw(3, 1, 0, true)).toBe(8_000)
  expect(draw(1, 1, 1, false)).toBe(501)
})

test('a delay is a whole number of milliseconds that a timer can keep', () => {
  expect(draw(1, 0.0013, 0)).toBe(1)
  expect(draw(1, 0.0009, 0)).toBe(0)
  expect(longestDelay).toBe(2_147_483_647)
  const endless = backoffDelay({ base: 1, cap: longestDelay, attempt: 1_000, chance: 1, floor: 0, crowd: false })
  expect(endless).toBe(longestDelay)
})
