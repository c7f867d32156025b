import { expect, test } from 'vitest'
import { Oracle } from './oracle.ts'
import { recordOf } from './record.ts'

function verdictOn(seen: readonly unknown[], written: number) {
  const oracle = new Oracle('server', 10)
  for (const value of seen) oracle.see(value)
  return oracle.verdict(written)
}

const records = [1, 2, 3, 4].map((n) => recordOf(n, 'server'))

test('all records in order are whole', () => {
  expect(verdictOn(records, 4)).toEqual({ lost: 0, twice: 0, outOfOrder: 0, unknown: 0 })
})

test('a record that was written and not seen is lost, wherever it is missing', () => {
  expect(verdictOn(records.slice(1), 4)).toMatchObject({ lost: 1 })
  expect(verdictOn(records.slice(0, 2), 4)).toMatchObject({ lost: 2 })
})

test('a record that comes again is counted each time, and is not out of order as well', () => {
  expect(verdictOn([...records, ...records.slice(0, 2)], 4)).toEqual({ lost: 0, twice: 2, outOfOrder: 0, unknown: 0 })
})

test('a record that comes behind a later one is out of order', () => {
  expect(verdictOn([records[0], records[2], records[1], records[3]], 4)).toMatchObject({ lost: 0, outOfOrder: 1 })
})

test('what was not written like this is unknown: another writer, a changed text, a number beyond the last, no record at all', () => {
  const strange = [recordOf(1, 'client'), { ...recordOf(1, 'server'), pad: 'x' }, recordOf(11, 'server'), 'x', null]
  expect(verdictOn(strange, 0)).toEqual({ lost: 0, twice: 0, outOfOrder: 0, unknown: 5 })
})
