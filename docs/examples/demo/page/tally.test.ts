import { describe, expect, test } from 'vitest'
import { Ledger } from '../ledger.ts'
import { Tally } from './tally.ts'

function tallied(...numbers: number[]): Tally {
  const tally = new Tally()
  for (const number of numbers) tally.note(number)
  return tally
}

describe('the count of a panel', () => {
  test('finds nothing lost when all of the log arrived, from the first number on', () => {
    expect(tallied(5, 6, 7).against(new Ledger([[1, 9]]))).toEqual({
      received: 3,
      lost: 0,
      duplicated: 0,
      checkedTo: 7,
    })
  })

  test('finds the numbers that the log has and this panel has not', () => {
    expect(tallied(5, 9).against(new Ledger([[1, 9]])).lost).toBe(3)
  })

  test('does not blame the line for numbers that the server never appended', () => {
    expect(
      tallied(5, 9).against(
        new Ledger([
          [1, 5],
          [9, 9],
        ]),
      ).lost,
    ).toBe(0)
  })

  test('counts a number that comes again as a duplicate, not as received', () => {
    expect(tallied(5, 6, 6, 5).against(new Ledger([[1, 6]]))).toEqual({
      received: 2,
      lost: 0,
      duplicated: 2,
      checkedTo: 6,
    })
  })

  test('checks only as far as the log has told', () => {
    expect(tallied(5, 6, 7).against(new Ledger([[1, 6]])).checkedTo).toBe(6)
    expect(tallied(5).against(new Ledger()).checkedTo).toBeNull()
  })

  test('starts over with a server that started over', () => {
    const tally = tallied(100, 101)
    tally.reset()
    tally.note(1)
    expect(tally.against(new Ledger([[1, 1]]))).toEqual({ received: 1, lost: 0, duplicated: 0, checkedTo: 1 })
  })
})
