import { describe, expect, test } from 'vitest'
import { TransportError, type TransportErrorCode, type TransportErrorFacts } from '../errors.ts'
import { exitCodeOf } from './exit-codes.ts'
import { helpText } from './help.ts'

const failure = (code: TransportErrorCode, facts?: TransportErrorFacts) => new TransportError(code, 'It failed.', facts)

describe('before the connection was ever up', () => {
  test.each<[TransportError, number]>([
    [failure('bad_option'), 2],
    [failure('bad_url'), 2],
    [failure('bad_header'), 2],
    [failure('http_status', { status: 404 }), 3],
    [failure('http_status', { status: 401 }), 3],
    [failure('unexpected_content_type', { contentType: 'text/html' }), 3],
    [failure('redirect_refused'), 3],
    [failure('unsupported'), 3],
    [failure('network', { repeatable: false }), 3],
    [failure('network'), 4],
    [failure('connect_timeout'), 4],
    [failure('http_status', { status: 503 }), 4],
    [failure('http_status', { status: 429 }), 4],
    [failure('gap', { lost: 3 }), 5],
  ])('%s is %i', (error, code) => {
    expect(exitCodeOf(error, false)).toBe(code)
  })
})

describe('after it was up', () => {
  test.each<[TransportError, number]>([
    [failure('interrupted'), 4],
    [failure('interrupted', { repeatable: false }), 4],
    [failure('network', { repeatable: false }), 4],
    [failure('silent'), 4],
    [failure('closed_by_server', { closeCode: 1011 }), 4],
    [failure('closed_by_server', { closeCode: 1008 }), 3],
    [failure('http_status', { status: 404 }), 3],
    [failure('limit_exceeded'), 6],
    [failure('invalid_utf8'), 6],
    [failure('bad_frame'), 6],
    [failure('gap'), 5],
  ])('%s is %i', (error, code) => {
    expect(exitCodeOf(error, true)).toBe(code)
  })
})

test('every code stands in the help', () => {
  for (const code of [0, 1, 2, 3, 4, 5, 6, 130]) expect(helpText).toMatch(new RegExp(`^.*  ${code}  \\w`, 'm'))
})

test('the help fits a terminal of 100 columns', () => {
  expect(Math.max(...helpText.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
})
