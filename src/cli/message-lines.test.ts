import { describe, expect, test } from 'vitest'
import { jsonLine, plainLine } from './message-lines.ts'

const piped = { via: 'sse', terminal: false } as const
const time = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678))

describe('plain', () => {
  test('text with a line feed after it', () => {
    expect(plainLine({ data: 'a\nb' }, piped)).toBe('a\nb\n')
  })

  test('pieces of text are not torn apart by line feeds', () => {
    expect(plainLine({ data: 'Hel' }, { via: 'text', terminal: false })).toBe('Hel')
  })

  test('a parsed value as JSON', () => {
    expect(plainLine({ data: { a: [1, null] } }, { via: 'durable', terminal: false })).toBe('{"a":[1,null]}\n')
    expect(plainLine({ data: null }, { via: 'durable', terminal: false })).toBe('null\n')
  })

  test('bytes go through a pipe as they are', () => {
    const data = Uint8Array.of(0, 255, 27)
    expect(plainLine({ data }, { via: 'bytes', terminal: false })).toBe(data)
    expect(plainLine({ data }, { via: 'websocket', terminal: false })).toEqual(Buffer.of(0, 255, 27, 10))
  })

  test('a terminal gets neither escape sequences nor raw bytes', () => {
    expect(plainLine({ data: '\x1b[31mred' }, { via: 'lines', terminal: true })).toBe('␛[31mred\n')
    expect(plainLine({ data: Uint8Array.of(27, 99, 255) }, { via: 'bytes', terminal: true })).toBe('␛c\ufffd')
  })
})

describe('json', () => {
  test('every field, absent ones as null', () => {
    const message = { data: 'hi', event: 'greeting', position: '7' }
    expect(JSON.parse(jsonLine(message, piped, time))).toEqual({ time: '2026-01-02T03:04:05.678Z', ...message })
    expect(JSON.parse(jsonLine({ data: 'hi' }, piped, time))).toEqual({
      time: '2026-01-02T03:04:05.678Z',
      event: null,
      data: 'hi',
      position: null,
    })
  })

  test.each(['\n', '"', '\\', '\u2028', '\ud800', '\x1b'])('text with %j is still one line of JSON', (odd) => {
    const line = jsonLine({ data: `a${odd}b`, event: odd, position: odd }, piped, time)
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(JSON.parse(line)).toMatchObject({ data: `a${odd}b`, event: odd, position: odd })
  })

  test('a JSON stream is embedded as its sender spelt it: no number is rounded', () => {
    const line = jsonLine({ data: '{"id":12345678901234567890}' }, { via: 'ndjson', terminal: false }, time)
    expect(line).toContain('"data":{"id":12345678901234567890},')
  })

  test('a JSON text over several lines becomes one', () => {
    const line = jsonLine({ data: '{\r\n  "a": 1\n}' }, { via: 'json-seq', terminal: false }, time)
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(JSON.parse(line)).toMatchObject({ data: { a: 1 } })
  })

  test('a line that is not JSON after all, and JSON in a stream of text, are strings', () => {
    expect(JSON.parse(jsonLine({ data: '{"a":' }, { via: 'ndjson', terminal: false }, time))).toMatchObject({
      data: '{"a":',
    })
    expect(JSON.parse(jsonLine({ data: '1' }, piped, time))).toMatchObject({ data: '1' })
  })

  test('bytes are base64 and say so', () => {
    const line = jsonLine({ data: Uint8Array.of(0, 255) }, { via: 'bytes', terminal: false }, time)
    expect(JSON.parse(line)).toMatchObject({ data: 'AP8=', encoding: 'base64' })
  })
})
