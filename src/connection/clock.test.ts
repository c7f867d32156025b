import { expect, test } from 'vitest'
import { timeOn } from './clock.ts'

test('a clock that can be read is read each time', () => {
  let reading = 5
  const clock = { now: () => reading }
  expect(timeOn(clock)).toBe(5)
  reading = 9
  expect(timeOn(clock)).toBe(9)
})

test('a clock that cannot be read stands for monotonic time', () => {
  const before = performance.now()
  const read = timeOn({})
  expect(read).toBeGreaterThanOrEqual(before)
  expect(read).toBeLessThanOrEqual(performance.now())
})
