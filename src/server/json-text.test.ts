import { expect, test } from 'vitest'
import { jsonDepth, jsonElements, jsonMember, oneLine } from './json-text.ts'

test('the elements of a list are the texts they were written as', () => {
  const elements = ['{"a":[1,{"b":"]},\\""}]}', '"\\\\"', '"[,]{"', '1e400', '-0', '[[]]', '"\\u2028"', 'null']
  for (const separator of [',', ' , ', ',\n'])
    expect(jsonElements(`\t[ ${elements.join(separator)} ]\n`)).toEqual(elements)
  expect([jsonElements('[]'), jsonElements(' [ \n] ')]).toEqual([[], []])
})

test('a member is found by its name, escaped or not, and the last one counts', () => {
  const text = '{"x":{"d":1},"d" : [1, "}"], "\\u0064":\n[2] ,"e":"d:"}'
  expect(jsonMember(text, 'd')).toBe('[2]')
  expect(Object.keys(JSON.parse(text) as object)).toContain('d')
  expect([jsonMember(text, 'e'), jsonMember(text, 'x'), jsonMember(text, 'y')]).toEqual(['"d:"', '{"d":1}', undefined])
  expect(jsonMember('{}', 'd')).toBeUndefined()
})

test('depth counts brackets outside of strings, in hostile text as well', () => {
  expect([jsonDepth('1'), jsonDepth('[{"a":[]}]'), jsonDepth('"[[["'), jsonDepth('["\\"[[["]')]).toEqual([0, 3, 0, 1])
  expect(jsonDepth('['.repeat(1_000_000))).toBe(1_000_000)
  expect(jsonDepth('"never closed [[')).toBe(0)
})

test('one line holds the same value', () => {
  const text = '{\r\n "a": "\\n",\n\n "b": 1\n}\n'
  expect(oneLine(text)).not.toMatch(/[\r\n]/)
  expect(JSON.parse(oneLine(text))).toEqual(JSON.parse(text))
})
