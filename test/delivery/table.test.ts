import { expect, test } from 'vitest'
import * as table from './table.ts'

const faults = Object.values(table).flat()

/** What issue 5 asks for, less F09, which belongs to the ladder. */
const wanted = ['F07', 'F17', 'F25', 'F26', 'F27', 'F32', 'F33', 'F52', 'bad input']

test('every fault that is wanted is played somewhere', () => {
  for (const id of wanted)
    expect(
      faults.filter((fault) => fault.id === id).flatMap(({ plays }) => plays),
      id,
    ).not.toEqual([])
})

test('what is not played somewhere has a reason', () => {
  for (const { omitted } of faults) for (const reason of omitted) expect(reason.length).toBeGreaterThan(15)
})

test('what is open is played', () => {
  for (const { open, plays, says } of faults)
    for (const name of open)
      expect(
        plays.map(({ on }) => on),
        says,
      ).toContain(name)
})
