import { describe, expect, test } from 'vitest'
import { TransportError, type TransportErrorCode, type TransportErrorFacts } from '../errors.ts'
import { classify, type Disposition, isPlanned, isTorn, reachOf } from './classification.ts'

type Row = readonly [code: TransportErrorCode, facts: TransportErrorFacts, expected: Disposition]

const statuses: Row[] = [
  ...[408, 421, 423, 425, 429, 500, 502, 503, 504, 507, 599].map((status): Row => ['http_status', { status }, 'retry']),
  ...[302, 400, 402, 403, 404, 405, 407, 409, 410, 413, 415, 422, 424, 426, 428, 431, 451, 499, 501, 505].map(
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
  ...[999, 1002, 1003, 1004, 1007, 1008, 1009, 1010, 1016, 2999, 5000].map(
    (closeCode): Row => ['closed_by_server', { closeCode }, 'stop'],
  ),
  ...[4000, 4003, 4026, 4099].map((closeCode): Row => ['closed_by_server', { closeCode }, 'stop']),
  ...[4100, 4102, 4199].map((closeCode): Row => ['closed_by_server', { closeCode }, 'refresh-token']),
  ...[3000, 3999, 4200, 4208, 4299, 4300, 4399, 4400, 4999].map(
    (closeCode): Row => ['closed_by_server', { closeCode }, 'retry'],
  ),
  ['closed_by_server', { closeCode: 1000 }, 'done'],
]

const others: Row[] = [
  ...(
    [
      'network',
      'tls',
      'connect_timeout',
      'first_byte_timeout',
      'idle_timeout',
      'budget_spent',
      'interrupted',
      'silent',
      'overflow',
    ] as const
  ).map((code): Row => [code, {}, 'retry']),
  ...(
    [
      'bad_url',
      'bad_option',
      'bad_header',
      'redirect_refused',
      'limit_exceeded',
      'invalid_utf8',
      'gap',
      'total_timeout',
      'authorize_failed',
      // Without the fact that says more.
      'http_status',
      'closed_by_server',
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

test('a head without a type may have been cut off, and is no judgement on who was connected', () => {
  const torn = (['unexpected_content_type', 'not_a_stream_server'] as const).map(
    (code) => new TransportError(code, 'No type.', { status: 200 }),
  )
  expect(torn.map(isTorn)).toEqual([true, true])
  expect(torn.map((failure) => classify(failure, true))).toEqual(['retry', 'retry'])
  expect(torn.map((failure) => classify(failure, false))).toEqual(['stop', 'stop'])
  const whole = { status: 200, contentType: 'text/plain' }
  expect(isTorn(new TransportError('unexpected_content_type', 'A text.', whole))).toBe(false)
  expect(isTorn(new TransportError('not_a_stream_server', 'It says something else.'))).toBe(false)
  expect(isTorn(new TransportError('http_status', 'No type either.', { status: 200 }))).toBe(false)
})

test('another server is a wrong address at first and in the way later', () => {
  const facts = { status: 200, contentType: 'application/json' }
  const other = new TransportError('not_a_stream_server', 'No stream headers.', facts)
  expect([classify(other, false), classify(other, true)]).toEqual(['stop', 'retry'])
  expect(classify(new TransportError('not_a_stream_server', 'It says something else.'), true)).toBe('stop')
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

test.each([
  [4_299, false],
  [4_300, true],
  [4_399, true],
  [4_400, false],
])('close code %s is an end the server has planned: %s', (closeCode, planned) => {
  expect(isPlanned(new TransportError('closed_by_server', 'Bye.', { closeCode }))).toBe(planned)
})

test('what has no close code was not planned', () => {
  expect(isPlanned(new TransportError('interrupted', 'Cut.'))).toBe(false)
})

const reaches: readonly (readonly [TransportErrorCode, TransportErrorFacts, ReturnType<typeof reachOf>])[] = [
  ['network', {}, 'missed'],
  ['network', { repeatable: false }, 'missed'],
  ['interrupted', {}, 'missed'],
  ['silent', {}, 'missed'],
  ['connect_timeout', {}, 'missed'],
  ['http_status', { status: 503 }, 'missed'],
  ['http_status', { status: 429 }, 'missed'],
  ['closed_by_server', { closeCode: 1_011 }, 'missed'],
  ['http_status', { status: 401 }, 'reached'],
  ['http_status', { status: 403 }, 'reached'],
  ['http_status', { status: 204 }, 'reached'],
  ['closed_by_server', { closeCode: 4_003 }, 'reached'],
  ['closed_by_server', { closeCode: 4_300 }, 'reached'],
  ['closed_by_server', { closeCode: 4_399 }, 'reached'],
  ['interrupted', { closeCode: 4_300 }, 'reached'],
  ['total_timeout', {}, 'unknown'],
  ['bad_option', {}, 'unknown'],
  ['authorize_failed', {}, 'unknown'],
  ['budget_spent', {}, 'unknown'],
  ['overflow', {}, 'unknown'],
]

test.each(reaches)('after %s %o the server was %s', (code, facts, expected) => {
  expect(reachOf(new TransportError(code, 'A failure.', facts))).toBe(expected)
})
