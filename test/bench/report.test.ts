import { expect, test } from 'vitest'
import type { Candidate } from './candidates.ts'
import type { Sample } from './client.ts'
import { rowsFrom, type Series } from './report.ts'
import { chanceFrom, estimate, median, shuffled } from './statistics.ts'

function series(role: Candidate['role'], rates: readonly number[]): Series {
  const samples = rates.map((rate): Sample => ({ messagesPerSecond: rate, cpuMicroseconds: 1_000_000 / rate }))
  return { candidate: { name: role, protocol: 'websocket', role }, samples }
}

function verdictOn(judged: readonly number[], twin: readonly number[]) {
  const all = [series('baseline', [100, 200, 400]), series('twin', twin), series('judged', judged)]
  return rowsFrom(all, chanceFrom(1)).find((row) => row.role === 'judged')
}

test('ratios are paired by repetition, so that a slow minute of the machine weighs nothing', () => {
  const row = verdictOn([95, 190, 380], [100, 200, 400])
  expect(row?.rate).toEqual({ median: 0.95, low: 0.95, high: 0.95 })
  expect(row?.cpu.median).toBeCloseTo(1 / 0.95)
})

test.each([
  { what: 'at the floor is met', judged: [93, 186, 372], twin: [100, 200, 400], verdict: 'met' },
  { what: 'below the floor is missed', judged: [92, 184, 368], twin: [100, 200, 400], verdict: 'missed' },
  { what: 'beside a twin 6 % faster is void', judged: [99, 198, 396], twin: [106, 212, 424], verdict: 'void' },
  { what: 'beside a twin 6 % slower is void', judged: [50, 100, 200], twin: [94, 188, 376], verdict: 'void' },
])('a rate $what', ({ judged, twin, verdict }) => {
  expect(verdictOn(judged, twin)?.verdict).toBe(verdict)
})

test('without a twin nothing is judged', () => {
  expect(verdictOn([99, 198, 396], [])?.verdict).toBe('void')
})

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(median([])).toBeNaN()
})

test('the interval holds the median and stays within the values', () => {
  const { low, median: middle, high } = estimate([1, 2, 3, 4, 5, 6, 7, 8, 9], chanceFrom(3))
  expect(middle).toBe(5)
  expect(low).toBeGreaterThanOrEqual(1)
  expect(low).toBeLessThan(middle)
  expect(high).toBeGreaterThan(middle)
  expect(high).toBeLessThanOrEqual(9)
})

test('a seed repeats its order, another seed gives another, and nothing is lost in shuffling', () => {
  const items = Array.from({ length: 20 }, (_, index) => index)
  expect(shuffled(items, chanceFrom(7))).toEqual(shuffled(items, chanceFrom(7)))
  expect(shuffled(items, chanceFrom(7))).not.toEqual(shuffled(items, chanceFrom(8)))
  expect(shuffled(items, chanceFrom(7)).sort((a, b) => a - b)).toEqual(items)
})
