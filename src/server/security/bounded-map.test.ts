import { expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

test('forgets what was not used for longest when it is full', () => {
  const map = new BoundedMap<number>(3)
  for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index)
  expect(map.get('a')).toBe(0)
  map.set('d', 3)
  expect([map.size, map.get('b'), map.get('a'), map.get('c'), map.get('d')]).toEqual([3, undefined, 0, 2, 3])
  map.set('a', 9)
  expect([map.size, map.oldest(5)]).toEqual([
    3,
    [
      ['c', 2],
      ['d', 3],
      ['a', 9],
    ],
  ])
  map.delete('c')
  expect(map.oldest(1)).toEqual([['d', 3]])
})

test('names of the language are keys like any other', () => {
  const map = new BoundedMap<number>(10)
  for (const key of ['__proto__', 'constructor', 'toString']) {
    expect(map.get(key)).toBeUndefined()
    map.set(key, 1)
    expect(map.get(key)).toBe(1)
  }
  expect(Object.getPrototypeOf({})).toBe(Object.prototype)
})
