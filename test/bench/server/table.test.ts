import { describe, expect, test } from 'vitest'
import type { Contender, Family } from './contenders.ts'
import type { Delivery, Sample } from './measure.ts'
import { figuresTable, judge, type Series, targetsTable } from './table.ts'

const delivery: Delivery = {
  cpuMicroseconds: 10,
  deliveriesPerSecond: 80_000,
  p50Ms: 60,
  p99Ms: 120,
  lastMs: 125,
  longestStallMs: 12,
  loopP99Ms: 9,
}

function sample(given: Partial<Sample>): Sample {
  const rest = { acceptsPerSecond: 2_000, acceptCpuMicroseconds: 100, heap: 3_000, resident: 7_000 }
  return { ...rest, alone: delivery, together: { ...delivery, cpuMicroseconds: 1 }, rush: delivery, ...given }
}

function costing(...microseconds: readonly number[]): Sample[] {
  return microseconds.map((cpuMicroseconds) => sample({ alone: { ...delivery, cpuMicroseconds } }))
}

function series(role: Contender['role'], samples: readonly Sample[], family: Family = 'websocket'): Series {
  return { contender: { name: `${role} ${family}`, family, role }, samples }
}

/** The verdict on our row about what begins with these words. */
function verdictOn(what: string, all: readonly Series[], connections = 10_000) {
  return judge(all, connections).find((judgement) => judgement.what.startsWith(what))?.verdict
}

describe('a ratio to the floor', () => {
  const floor = series('floor', costing(10, 20, 40))

  test.each([
    { what: 'at the limit is met', ours: [11.5, 23, 46], twin: [10, 20, 40], verdict: 'met' },
    { what: 'above the limit is missed', ours: [12, 24, 48], twin: [10, 20, 40], verdict: 'missed' },
    { what: 'beside a twin 6 % dearer is void', ours: [10, 20, 40], twin: [10.6, 21.2, 42.4], verdict: 'void' },
  ])('$what', ({ ours, twin, verdict }) => {
    const all = [floor, series('twin', costing(...twin)), series('judged', costing(...ours))]
    expect(verdictOn('CPU per delivery', all)).toBe(verdict)
  })

  test('without the other row is void', () => {
    expect(verdictOn('CPU per delivery', [series('judged', costing(10))])).toBe('void')
  })

  test('is not taken to the floor of another family', () => {
    const all = [series('floor', costing(10), 'sse'), series('twin', costing(10), 'sse'), series('judged', costing(10))]
    expect(verdictOn('CPU per delivery', all)).toBe('void')
  })
})

test('a figure by itself needs no other row, and has the limit of its family', () => {
  const weighing = (heap: number, family: Family) => verdictOn('heap', [series('judged', [sample({ heap })], family)])
  expect(weighing(3_800, 'websocket')).toBe('met')
  expect(weighing(3_900, 'websocket')).toBe('missed')
  expect(weighing(5_500, 'sse')).toBe('met')
  expect(weighing(5_600, 'sse')).toBe('missed')
})

test('at least is at least', () => {
  expect(verdictOn('deliveries/s of a core, one', [series('judged', costing(20))])).toBe('met')
  expect(verdictOn('deliveries/s of a core, one', [series('judged', costing(21))])).toBe('missed')
})

test('what was promised for 10,000 connections is not judged with 500', () => {
  const all = [series('judged', costing(10))]
  expect(verdictOn('p99', all, 10_000)).toBe('met')
  expect(verdictOn('p99', all, 500)).toBeUndefined()
})

test('nobody but us is judged', () => {
  expect(judge([series('floor', costing(10)), series('plain', costing(10))], 10_000)).toEqual([])
})

test('the tables hold medians and verdicts', () => {
  const all = [series('judged', [sample({ heap: 2_000 }), sample({ heap: 4_000 }), sample({ heap: 3_100 })])]
  expect(figuresTable(all)).toContain('| judged websocket | 3 | 3.1 | 7.0 | 2,000 | 100 | 10.0 | 60 | 120 | 125 | 12 |')
  expect(targetsTable(judge(all, 10_000))).toContain(
    '| judged websocket | heap per connection, kB | at most 3.8 | 3.10 | met |',
  )
})
