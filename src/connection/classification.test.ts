import { describe, expect, test } from 'vitest'
import { TransportError, type TransportErrorCode, type TransportErrorFacts } from '../errors.ts'
import { classify, type Disposition } from './classification.ts'

type Row = readonly [code: TransportErrorCode, facts: TransportErrorFacts, expected: Disposition]

const statuses: Row[] = [
  ...[408, 425, 429, 500, 502, 503, 504, 507, 599].map((status): Row => ['http_status', { status }, 'retry']),
  ...[400, 402, 403, 404, 405, 409, 410, 413, 415, 431, 451, 501, 505].map(
    (status): Row => ['http_status', { status }, 'stop'],
  ),
  ['http_status', { status: 401 }, 'refresh-token'],
  ['http_status', { status: 204 }, 'done'],
  ['http_status', { status: 304 }, 'stop'],
]

const closeCodes: Row[] = [
  ...[1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015].map(
    (closeCode): Row => ['closed_by_server', { closeCode }, 'retry'],
  ),
  ...[1002, 1003, 1007, 1008, 1009, 1010].map((closeCode): Row => ['closed_by_server', { closeCode }, 'stop']),
  ...[4000, 4003, 4026, 4099].map((closeCode): Row => ['closed_by_server', { closeCode }, 'stop']),
  ...[4100, 4102, 4199].map((closeCode): Row => ['closed_by_server', { closeCode }, 'refresh-token']),
  ...[3000, 3999, 4200, 4208, 4299, 4300, 4399, 4400, 4999].map(
    (closeCode): Row => ['closed_by_server', { closeCode }, 'retry'],
  ),
  ['closed_by_server', { closeCode: 1000 }, 'done'],
]

const others: Row[] = [
  ...(['network', 'tls', 'connect_timeout', 'interrupted', 'silent', 'overflow'] as const).map(
    (code): Row => [code, {}, 'retry'],
  ),
  ...(
    [
      'bad_url',
      'bad_option',
      'bad_header',
      'redirect_refused',
      'limit_exceeded',
      'invalid_utf8',
      'gap',
      'internal',
      'aborted',
    ] as const
  ).map((code): Row => [code, {}, 'stop']),
]

for (const [name, rows] of Object.entries({
  'HTTP status': statuses,
  'close code': closeCodes,
  'everything else': others,
})) {
  describe(name, () => {
    test.each(rows)('%s %o means %s', (code, facts, expected) => {
      expect(classify(new TransportError(code, 'A failure.', facts), true)).toBe(expected)
    })
  })
}

test('a web page instead of a stream is a wrong address at first and a captive portal later', () => {
  const page = new TransportError('unexpected_content_type', 'A page.', { contentType: 'text/html' })
  expect(classify(page, false)).toBe('stop')
  expect(classify(page, true)).toBe('retry')
  const image = new TransportError('unexpected_content_type', 'A picture.', { contentType: 'image/png' })
  expect(classify(image, true)).toBe('stop')
})

test('what could be done twice is never retried, whatever the failure; an end stays an end', () => {
  const facts = { repeatable: false }
  expect(classify(new TransportError('network', 'Cut.', facts), true)).toBe('stop')
  expect(classify(new TransportError('http_status', 'Busy.', { ...facts, status: 503 }), true)).toBe('stop')
  expect(classify(new TransportError('http_status', 'Over.', { ...facts, status: 204 }), true)).toBe('done')
  expect(classify(new TransportError('http_status', 'Who?', { ...facts, status: 401 }), true)).toBe('refresh-token')
})

test('what nobody knows is not retried', () => {
  expect(classify(new Error('boom'), true)).toBe('stop')
  expect(classify(undefined, true)).toBe('stop')
})
