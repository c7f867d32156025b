import { expect, test } from 'vitest'
import { jsonElements, jsonMember, jsonShape, oneLine } from './json-text.ts'

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

const jsonDepth = (text: string): number => jsonShape(text).depth

test('depth counts brackets outside of strings, in hostile text as well', () => {
  expect([jsonDepth('1'), jsonDepth('[{"a":[]}]'), jsonDepth('"[[["'), jsonDepth('["\\"[[["]')]).toEqual([0, 3, 0, 1])
  expect(jsonDepth('['.repeat(1_000_000))).toBe(1_000_000)
  expect(jsonDepth('"never closed [[')).toBe(0)
})

test('keys are counted for each object on its own', () => {
  const keys = (text: string): number => jsonShape(text).keys
  expect([keys('{}'), keys('[1,2]'), keys('{"a":1,"b":{"c":":::"},"d":[{}]}')]).toEqual([0, 0, 3])
  expect(keys(`{"a":{${Array.from({ length: 50 }, (_, index) => `"${index}":0`).join()}}}`)).toBe(50)
  expect([keys('}}}:'), keys('{:::')]).toEqual([1, 3])
})

test('one line holds the same value', () => {
  const text = '{\r\n "a": "\\n",\n\n "b": 1\n}\n'
  expect(oneLine(text)).not.toMatch(/[\r\n]/)
  expect(JSON.parse(oneLine(text))).toEqual(JSON.parse(text))
})
