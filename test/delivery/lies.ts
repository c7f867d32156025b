/**
 * Answers to appends that no stream server gives, over HTTP and over a WebSocket, and what must come of them.
 *
 * @module
 */
import type { WholeAnswer } from '../../src/testing/http-answer.ts'
import { type Append, at } from './liar.ts'

/** Stands in what a lie says, and never in what the application is told. */
export const SECRET = 'hunter2'

export interface Lie<Said> {
  readonly says: string
  readonly answer: (append: Append) => Said
  /**
   * `repeated`: nobody can know, so that it is made again, ever more slowly.
   * Else the code that its sends reject with.
   */
  readonly outcome: 'repeated' | 'send_failed' | 'producer_fenced'
}

const html = { 'content-type': 'text/html' }
const page = `<!doctype html><p>${SECRET}</p>`

function http(says: string, outcome: Lie<WholeAnswer>['outcome'], answer: WholeAnswer): Lie<WholeAnswer> {
  return { says, outcome, answer: () => answer }
}

export const httpLies: readonly Lie<WholeAnswer>[] = [
  http('200 without headers', 'repeated', { status: 200 }),
  http('200 with a page', 'repeated', { status: 200, headers: html, body: page }),
  http('204 without headers', 'repeated', { status: 204 }),
  http('200 with an offset of 10 kB', 'repeated', {
    status: 200,
    headers: { 'stream-next-offset': '1'.repeat(10_000) },
  }),
  http('502 with a page', 'repeated', { status: 502, headers: html, body: page }),
  http('429 with an absurd pause', 'repeated', { status: 429, headers: { 'retry-after': '-1' } }),
  http('a redirect to elsewhere', 'repeated', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }),
  http('403 with a page', 'send_failed', { status: 403, headers: html, body: page }),
  http('403 with another slug', 'send_failed', { status: 403, body: JSON.stringify({ code: SECRET }) }),
  http('403 with broken JSON', 'send_failed', { status: 403, body: `{"code":"producer_owned` }),
  http('409 with nothing', 'send_failed', { status: 409, headers: html, body: page }),
  ...['-1', '01', '1e3', '1.0', SECRET, '9'.repeat(400)].map((expected) =>
    http(`409 that expects ${expected.slice(0, 20)}`, 'send_failed', {
      status: 409,
      headers: { 'producer-expected-seq': expected },
    }),
  ),
  http('409 that expects what nobody gave away', 'producer_fenced', {
    status: 409,
    headers: { 'producer-expected-seq': '9007199254740993' },
  }),
  http('409 that expects the number it refuses', 'repeated', {
    status: 409,
    headers: { 'producer-expected-seq': '0' },
  }),
  http('403 with an epoch that is none', 'producer_fenced', { status: 403, headers: { 'producer-epoch': SECRET } }),
]

function frames(
  says: string,
  outcome: Lie<readonly unknown[]>['outcome'],
  answer: (key: object, append: Append) => readonly unknown[],
): Lie<readonly unknown[]> {
  return {
    says,
    outcome,
    answer: (append) => answer({ s: 'log', pid: append.id, e: append.epoch, q: append.sequence }, append),
  }
}

const o = at(1)

export const socketLies: readonly Lie<readonly unknown[]>[] = [
  frames('an ack of another producer', 'repeated', (key) => [{ t: 'ack', ...key, pid: SECRET, o, dup: false }]),
  frames('an ack of another epoch', 'repeated', (key) => [{ t: 'ack', ...key, e: 7, o, dup: false }]),
  frames('a nack of another number', 'repeated', (key) => [{ t: 'nack', ...key, q: 99, code: 'fenced' }]),
  ...[-1, 0.5, '0', null, undefined, [0]].map((q) =>
    frames(`an ack of number ${JSON.stringify(q)}`, 'repeated', (key) => [{ t: 'ack', ...key, q, o, dup: false }]),
  ),
  // Cumulative, so that whatever is not smaller counts as if it had been said of each.
  ...[1, 999].map((q) =>
    frames(`an ack of number ${q}, never sent`, 'producer_fenced', (key) => [{ t: 'ack', ...key, q, o, dup: false }]),
  ),
  ...[-1, 1.5, '3', null, undefined].map((want) =>
    frames(`a gap that wants ${JSON.stringify(want)}`, 'repeated', (key) => [{ t: 'nack', ...key, code: 'gap', want }]),
  ),
  frames('a gap that wants the number it refuses', 'repeated', (key) => [{ t: 'nack', ...key, code: 'gap', want: 0 }]),
  frames('a gap that wants what nobody gave away', 'producer_fenced', (key) => [
    { t: 'nack', ...key, code: 'gap', want: Number.MAX_SAFE_INTEGER },
  ]),
  frames('an absurd pause', 'repeated', (key) => [{ t: 'nack', ...key, code: 'rate', retryMs: -1e300 }]),
  ...[SECRET, 7, null, { fenced: true }, 'x'.repeat(10_000)].map((code) =>
    frames(`a nack of code ${JSON.stringify(code).slice(0, 20)}`, 'send_failed', (key) => [
      { t: 'nack', ...key, code, msg: SECRET },
    ]),
  ),
]
