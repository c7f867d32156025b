import { expect, test } from 'vitest'
import { type Contender, markdown, quantile, rowsFrom } from './recovery-table.ts'
import { chanceFrom } from './statistics.ts'

/** A hundred times that grow from this one to its double. */
const around = (ms: number) => Array.from({ length: 100 }, (_, index) => ms * (1 + index / 100))

const timesOf = (ms: Record<Contender, number>) => ({
  raw: around(ms.raw),
  twin: around(ms.twin),
  ours: around(ms.ours),
  patient: around(ms.patient),
})

const judged = (ms: Record<Contender, number>) =>
  rowsFrom('sse', timesOf(ms), chanceFrom(1)).find(({ contender }) => contender === 'ours')

test('a quantile is a value that was measured', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2)
  expect(quantile([4, 1, 2, 3], 0.5)).toBe(2)
  expect(quantile(around(100), 0.95)).toBe(194)
  expect(quantile([], 0.5)).toBeNaN()
})

test('half as much again is allowed, and no more', () => {
  expect(judged({ raw: 2, twin: 2, ours: 2.9, patient: 200 })).toMatchObject({ verdict: 'met' })
  expect(judged({ raw: 2, twin: 2, ours: 3.1, patient: 200 })).toMatchObject({ verdict: 'missed' })
})

test('where the twin differs from itself, nothing is judged', () => {
  expect(judged({ raw: 2, twin: 2.6, ours: 2, patient: 200 })).toMatchObject({ verdict: 'void' })
  expect(judged({ raw: 2, twin: 1.4, ours: 4, patient: 200 })).toMatchObject({ verdict: 'void' })
})

test('a ratio lies within its interval, and the table shows both', () => {
  const rows = rowsFrom('websocket', timesOf({ raw: 2, twin: 2, ours: 3, patient: 200 }), chanceFrom(1))
  for (const { ratio50, ratio95 } of rows)
    for (const { value, low, high } of [ratio50, ratio95]) {
      expect(low).toBeLessThanOrEqual(value)
      expect(high).toBeGreaterThanOrEqual(value)
    }
  expect(markdown(rows)).toMatch(/\| websocket \| durableConnection, backoff aside \| 100 \| 4\.47 \| 5\.82 \| 1\.50 /)
})
