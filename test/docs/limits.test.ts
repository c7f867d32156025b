import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_LIMITS } from '../../src/server/limits.ts'

const page = readFileSync(new URL('../../docs/server.md', import.meta.url), 'utf8')

/** The numbers that a row of the table states, by the names in its first cell. */
const rows = new Map(
  [...page.matchAll(/^\| (`[a-zA-Z`, ]+) \| ([^|]+) \|/gm)].flatMap(([, names = '', stated = '']) => {
    const numbers = (stated.match(/\d[\d,]*\d|\d/g) ?? []).map((digits) => Number(digits.replaceAll(',', '')))
    const called = [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
    return called.map((name, index): [string, number[]] => [name, called.length > 1 ? numbers.slice(index) : numbers])
  }),
)

test.each(Object.entries(DEFAULT_LIMITS))('docs/server.md states the default of %s', (name, value) => {
  const wanted = typeof value === 'number' ? [value] : [value.perSecond, value.burst]
  expect(rows.get(name)?.slice(0, wanted.length)).toEqual(wanted)
})

test('docs/server.md names no limit that does not exist', () => {
  const stated = [...rows.keys()].filter((name) => !['memoryStore', 'fileStore'].includes(name))
  expect(stated.filter((name) => !Object.hasOwn(DEFAULT_LIMITS, name))).toEqual([])
})
