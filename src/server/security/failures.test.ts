import { expect, test } from 'vitest'
import { manualClock } from '../testing/manual-clock.ts'
import { FailureLimit } from './failures.ts'

function limit(most = 5) {
  const clock = manualClock()
  return { clock, failures: new FailureLimit(most, clock) }
}

test('the fifth failure within a minute silences a network for a minute', () => {
  const { clock, failures } = limit()
  for (let guess = 0; guess < 5; guess++) {
    expect(failures.waitMs('a', 'guess')).toBe(0)
    failures.failed('a', 'guess')
    clock.advance(1_000)
  }
  expect([failures.waitMs('a', 'guess'), failures.waitMs('b', 'guess')]).toEqual([59_000, 0])
  clock.advance(58_999)
  expect(failures.waitMs('a', 'guess')).toBe(1)
  clock.advance(1)
  expect(failures.waitMs('a', 'guess')).toBe(0)
  failures.failed('a', 'guess')
  expect(failures.waitMs('a', 'guess')).toBe(0)
})

test('four failures a minute go on for ever', () => {
  const { clock, failures } = limit()
  for (let failed = 0; failed < 100; failed++) {
    expect(failures.waitMs('a', 'guess')).toBe(0)
    failures.failed('a', 'guess')
    if (failed % 4 === 3) clock.advance(60_000)
  }
})

test('a token that was good is heard all the same, until it fails', () => {
  const { failures } = limit(1)
  failures.passed('good')
  failures.failed('a', 'guess')
  expect([failures.waitMs('a', 'good'), failures.waitMs('a', 'other')]).toEqual([0, 60_000])
  failures.failed('a', 'good')
  expect(failures.waitMs('a', 'good')).toBe(60_000)
})

test('infinity lifts the limit', () => {
  const { failures } = limit(Number.POSITIVE_INFINITY)
  for (let failed = 0; failed < 1000; failed++) failures.failed('a', 'guess')
  expect(failures.waitMs('a', 'guess')).toBe(0)
})
