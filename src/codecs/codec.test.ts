import { expect, test } from 'vitest'
import { arrayBuffer, binary, blob, json, raw, text, values } from './codec.ts'

const bytes = new TextEncoder().encode('grüß 🌍')

test('text reads text and UTF-8 bytes, and sends only text', () => {
  expect(text.decode('a')).toBe('a')
  expect(text.decode(bytes)).toBe('grüß 🌍')
  expect(() => text.decode(new Uint8Array([0xff]))).toThrow()
  expect(text.encode('a')).toBe('a')
  expect(() => text.encode(1 as unknown as string)).toThrow(TypeError)
})

test('json reads text and bytes, and refuses what JSON cannot express', () => {
  expect(json.decode('{"a":[1]}')).toEqual({ a: [1] })
  expect(json.decode(new TextEncoder().encode('[true]'))).toEqual([true])
  expect(() => json.decode('{')).toThrow(SyntaxError)
  expect(json.encode({ a: null })).toBe('{"a":null}')
  expect(() => json.encode(undefined)).toThrow(TypeError)
  expect(() => json.encode(() => 1)).toThrow(TypeError)
})

test('json keeps hostile keys as data', () => {
  const value = json.decode('{"__proto__":{"polluted":true},"constructor":1}') as object
  expect(Object.hasOwn(value, '__proto__')).toBe(true)
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('binary reads and sends every form of bytes', async () => {
  expect(binary.decode('ü')).toEqual(new TextEncoder().encode('ü'))
  expect(binary.decode(bytes)).toBe(bytes)
  const slice = new Uint8Array([0, 1, 2, 3]).subarray(1, 3)
  expect(binary.encode(slice)).toEqual(new Uint8Array([1, 2]))
  expect(binary.encode(new DataView(slice.buffer, 1, 2))).toEqual(new Uint8Array([1, 2]))
  expect(binary.encode(slice.buffer)).toEqual(new Uint8Array([0, 1, 2, 3]))
  expect(await binary.encode(new Blob(['hi']))).toEqual(new TextEncoder().encode('hi'))
  expect(() => binary.encode(5 as unknown as string)).toThrow(TypeError)
})

test('bytes are handed over as an ArrayBuffer of their own length, or as a Blob', async () => {
  const slice = new Uint8Array([0, 1, 2, 3]).subarray(1, 3)
  expect([...new Uint8Array(await arrayBuffer.decode(slice))]).toEqual([1, 2])
  const whole = new Uint8Array([4, 5])
  expect(arrayBuffer.decode(whole)).toBe(whole.buffer)
  const made = await blob.decode(slice)
  expect(made).toBeInstanceOf(Blob)
  expect([...new Uint8Array(await made.arrayBuffer())]).toEqual([1, 2])
  for (const codec of [binary, arrayBuffer, blob]) {
    const decoded = await codec.decode(new Blob(['hi']))
    const bytes = decoded instanceof Blob ? await decoded.arrayBuffer() : decoded
    expect(new TextDecoder().decode(bytes)).toBe('hi')
    expect(await codec.encode(new Blob(['hi']))).toEqual(new TextEncoder().encode('hi'))
  }
})

test('bytes that another thread may change are copied before they are sent', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(2))
  shared.set([1, 2])
  const sent = binary.encode(shared) as Uint8Array
  shared.set([9, 9])
  expect(sent).toEqual(new Uint8Array([1, 2]))
})

test('raw and values leave everything as it is; raw refuses what no wire carries', () => {
  expect(raw.decode(bytes)).toBe(bytes)
  expect(raw.encode('a')).toBe('a')
  expect(raw.encode(bytes)).toBe(bytes)
  expect(raw.encode(bytes.buffer)).toEqual(bytes)
  expect(() => raw.encode({} as string)).toThrow(TypeError)
  const value = { a: 1 }
  expect(values.decode(value)).toBe(value)
  expect(values.encode(value)).toBe(value)
})
