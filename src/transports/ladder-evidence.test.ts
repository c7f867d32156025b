import { describe, expect, test } from 'vitest'
import { TransportError, type TransportErrorCode, type TransportErrorFacts } from '../errors.ts'
import type { DurableVia } from './durable-input.ts'
import {
  DIED,
  historyOf,
  isDeath,
  LadderHistory,
  MISSED,
  REFUSED,
  UNFIT,
  type Verdict,
  verdictOn,
} from './ladder-evidence.ts'

const failure = (code: TransportErrorCode, facts: TransportErrorFacts = {}) => new TransportError(code, 'Told.', facts)
const status = (number: number) => failure('http_status', { status: number })
const closed = (closeCode: number) => failure('closed_by_server', { closeCode })

type Row = readonly [DurableVia, TransportError, Verdict]

const statuses = (via: DurableVia, verdict: Verdict, ...numbers: number[]): Row[] =>
  numbers.map((number) => [via, status(number), verdict])

const rows: readonly Row[] = [
  ...statuses('websocket', 'refused', 200, 302, 400, 403, 404, 405, 410, 426, 501, 502, 505),
  ...statuses('websocket', 'said', 401, 407, 408, 425, 429, 503),
  ...statuses('websocket', 'missed', 500, 504, 520),
  ...statuses('sse', 'refused', 400, 405, 406, 415, 501, 505),
  ...statuses('sse', 'missed', 500, 502, 504),
  ...statuses('ndjson', 'said', 401, 403, 404, 408, 410, 429, 503),
  ['websocket', failure('unsupported'), 'unfit'],
  ['websocket', failure('bad_url'), 'unfit'],
  ['sse', failure('bad_url'), 'said'],
  ['websocket', failure('redirect_refused', { status: 302 }), 'refused'],
  ['sse', failure('redirect_refused', { status: 302 }), 'said'],
  ['websocket', closed(1002), 'refused'],
  ['websocket', closed(4026), 'refused'],
  ['websocket', closed(1001), 'missed'],
  ['websocket', closed(1011), 'missed'],
  ['websocket', closed(4101), 'said'],
  ['websocket', closed(4302), 'said'],
  ['ndjson', failure('not_a_stream_server', { status: 200, contentType: 'application/json' }), 'refused'],
  ['ndjson', failure('not_a_stream_server', { status: 200 }), 'missed'],
  ['sse', failure('unexpected_content_type', { contentType: 'application/json' }), 'refused'],
  ['sse', failure('unexpected_content_type', { contentType: 'text/html' }), 'said'],
  ['sse', failure('network'), 'missed'],
  ['sse', failure('interrupted'), 'missed'],
  ['sse', failure('bad_frame'), 'refused'],
  ...(['tls', 'gap', 'aborted', 'bad_option', 'authorize_failed', 'limit_exceeded', 'budget_spent'] as const).map(
    (code): Row => ['sse', failure(code), 'said'],
  ),
]

test.each(rows)('over %s, %j is `%s`', (via, thrown, verdict) => {
  expect(verdictOn(via, thrown, false)).toBe(verdict)
})

test('a refusal behind an open socket is about the stream', () => {
  for (const number of [400, 403, 404, 429]) expect(verdictOn('websocket', status(number), true)).toBe('said')
})

describe('the end of an open link', () => {
  test('that nobody has announced may be the fault of its carrier', () => {
    const ends = [failure('network'), failure('interrupted'), closed(1006), closed(1011)]
    expect(ends.map(isDeath)).toEqual([true, true, true, true])
  })

  test('is the server’s own will with a pause, a code of ours, or a reason', () => {
    const bye = failure('interrupted', { retryAfterMs: 0 })
    const ends = [bye, closed(4208), closed(4302), failure('gap'), failure('overflow'), status(410), failure('aborted')]
    expect(ends.filter(isDeath)).toEqual([])
  })
})

describe('what a connection remembers', () => {
  test('two unanswered openings in a row put a carrier out, or three early deaths, or one refusal', () => {
    for (const [faults, times] of [
      [MISSED, 2],
      [DIED, 3],
      [REFUSED, 1],
      [UNFIT, 1],
    ] as const) {
      const history = new LadderHistory()
      for (let time = 1; time <= times; time++) {
        expect(history.isOut('sse')).toBe(false)
        history.note('sse', faults)
      }
      expect(history.isOut('sse')).toBe(true)
      expect(history.isOut('ndjson')).toBe(false)
    }
  })

  test('it is forgotten when the carrier works, and kept from dial to dial of one connection', () => {
    const input = {}
    historyOf(input).note('sse', MISSED)
    historyOf(input).note('sse', MISSED)
    expect(historyOf({}).isOut('sse')).toBe(false)
    expect(historyOf(input).isOut('sse')).toBe(true)
    historyOf(input).forget('sse')
    historyOf(input).note('sse', MISSED)
    expect(historyOf(input).isOut('sse')).toBe(false)
  })
})
