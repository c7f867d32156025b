import { describe, expect, test } from 'vitest'
import { Ledger } from './ledger.ts'

describe('a ledger of numbers', () => {
  test('keeps a run as one range, whatever the order in which it came', () => {
    const ledger = new Ledger()
    for (const number of [3, 1, 2, 5, 4]) expect(ledger.add(number)).toBe(true)
    expect(ledger.ranges).toEqual([[1, 5]])
    expect([ledger.first, ledger.last, ledger.count()]).toEqual([1, 5, 5])
  })

  test('says when a number was there already', () => {
    const ledger = new Ledger([[1, 4]])
    expect([ledger.add(4), ledger.add(5), ledger.add(5)]).toEqual([false, true, false])
  })

  test('counts what another one misses, between two numbers only', () => {
    const log = new Ledger([[1, 20]])
    const received = new Ledger([
      [5, 9],
      [12, 14],
    ])
    expect(log.missingIn(received, 5, 14)).toBe(2)
    expect(log.missingIn(received, 1, 20)).toBe(12)
    expect(received.missingIn(log, 1, 20)).toBe(0)
  })

  test('agrees with a plain set over random numbers', () => {
    const seed = 20_261_122
    let state = seed
    const random = (below: number): number => {
      // A small linear congruence, so that a failure can be seen again.
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return state % below
    }
    const ledger = new Ledger()
    const plain = new Set<number>()
    for (let step = 0; step < 2000; step += 1) {
      const number = random(400)
      expect(ledger.add(number), `seed ${seed}, step ${step}`).toBe(!plain.has(number))
      plain.add(number)
    }
    expect(ledger.count(50, 250)).toBe([...plain].filter((number) => number >= 50 && number <= 250).length)
    expect(
      ledger.ranges.every(([first, last], index, all) => first <= last && first > (all[index - 1]?.[1] ?? -2) + 1),
    ).toBe(true)
  })
})
