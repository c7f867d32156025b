import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ndjson } from './ndjson.ts'

test('reads one value a line, whatever ends the lines, with or without a last one', () => {
  expect(ndjson.decode('{"a":1}\n2\n')).toEqual([{ a: 1 }, 2])
  expect(ndjson.decode('{"a":1}\r\n\r\n"two\u2028"')).toEqual([{ a: 1 }, 'two\u2028'])
  expect(ndjson.decode(new TextEncoder().encode('"é"\n'))).toEqual(['é'])
  expect(ndjson.decode('')).toEqual([])
})

test('one bad line refuses the batch, and only arrays of what JSON can express are sent', () => {
  expect(() => ndjson.decode('1\n{')).toThrow(SyntaxError)
  expect(() => ndjson.encode('text' as unknown as [])).toThrow(TypeError)
  expect(() => ndjson.encode([1, undefined])).toThrow(TypeError)
})

test('what was encoded is decoded to the same', () => {
  const property = fc.property(fc.array(fc.jsonValue()), (values) => {
    const same = JSON.parse(JSON.stringify(values)) as unknown
    expect(ndjson.decode(ndjson.encode(values))).toEqual(same)
  })
  fc.assert(property, { verbose: 1 })
})
