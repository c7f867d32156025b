import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { countVisits } from '../../test/manager/count-visits.ts'
import { RequestBudget } from './budget.ts'

test('so many requests may go out at once, and the next one a minute after the first, to the millisecond', () => {
  const budget = new RequestBudget(2)
  expect(budget.wait(100)).toBe(0)
  budget.spend(100)
  expect(budget.wait(400)).toBe(0)
  budget.spend(400)
  expect(budget.wait(400)).toBe(59_700)
  expect(budget.wait(60_099)).toBe(1)
  expect(budget.wait(60_100)).toBe(0)
})

test('the window slides: the second place is free a minute after the second request, not after the first', () => {
  const budget = new RequestBudget(2)
  for (const at of [0, 30_000, 60_000]) budget.spend(at)
  expect(budget.wait(60_000)).toBe(30_000)
  expect(budget.wait(89_999)).toBe(1)
  expect(budget.wait(90_000)).toBe(0)
})

test('who was not asked and spent all the same is counted', () => {
  const budget = new RequestBudget(1)
  for (const at of [0, 10, 20]) budget.spend(at)
  expect(budget.wait(20)).toBe(60_000)
  expect(budget.wait(60_019)).toBe(1)
  expect(budget.wait(60_020)).toBe(0)
})

test('a fraction of a millisecond that is left is a whole one for a timer', () => {
  const budget = new RequestBudget(1)
  budget.spend(0.5)
  expect(budget.wait(60_000)).toBe(1)
  expect(budget.wait(60_000.5)).toBe(0)
})

test('whoever waits as told never sends more than allowed in any minute, and never waits for nothing', () => {
  void fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(20_000), { maxLength: 200 }), (most, gaps) => {
      const budget = new RequestBudget(most)
      const spent: number[] = []
      let now = 0
      for (const gap of gaps) {
        now += gap
        const wait = budget.wait(now)
        const recent = spent.filter((at) => at > now - 60_000).length
        expect(wait === 0).toBe(recent < most)
        if (wait > 0) expect(spent.filter((at) => at > now + wait - 60_000).length).toBeLessThan(most)
        now += wait
        budget.spend(now)
        spent.push(now)
      }
      for (const start of spent) {
        expect(spent.filter((at) => at >= start && at < start + 60_000).length).toBeLessThanOrEqual(most)
      }
    }),
    { numRuns: 100 },
  )
})

test('it is whole again a minute after its last request', () => {
  const budget = new RequestBudget(3)
  expect(budget.isWhole(0)).toBe(true)
  budget.spend(0)
  budget.spend(40_000)
  expect([budget.isWhole(60_000), budget.isWhole(99_999), budget.isWhole(100_000)]).toEqual([false, false, true])
})

test.each([10, 6_000])('a request is the same work where a minute has %i', (most) => {
  const budget = new RequestBudget(most)
  const requests = 50_000
  let now = 0
  const visits = countVisits()
  for (let request = 0; request < requests; request++) {
    now += budget.wait(now)
    budget.spend(now)
    now += 1
  }
  expect(visits.stop() / requests).toBeLessThan(16)
})

test('who spends without asking is remembered for as much as counts, and no more', () => {
  const budget = new RequestBudget(100)
  const visits = countVisits()
  for (let request = 0; request < 100_000; request++) budget.spend(1)
  expect(visits.stop() / 100_000).toBeLessThan(16)
  expect([budget.wait(1), budget.wait(60_001)]).toEqual([60_000, 0])
})
