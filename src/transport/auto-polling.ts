/**
 * A stream as polls: the same messages, one request after another.
 *
 * @module
 */
import { TransportError, type TransportErrorFacts } from '../errors.ts'
import { type AnswerHead, mediaType } from '../transports/http-answer.ts'
import type { LongPollInput } from '../transports/long-poll.ts'
import type { AutoInput } from './auto-input.ts'

/** What a poll of this stream is told. */
export function pollInput(input: AutoInput): LongPollInput {
  const { polling, format, body: _body, method: _method, ...http } = input
  const told = polling === undefined || polling === false ? {} : polling
  return {
    ...http,
    ...told,
    url: told.url ?? input.url,
    split: format === 'ndjson' || format === 'json-seq' ? jsonOf : textsOf,
    async onAnswer(answer) {
      await input.onAnswer?.(answer)
      refuseStream(answer)
    },
  }
}

/** A server that does not know polls answers with the stream: read as a page, it would never come to its end. */
function refuseStream({ header, status }: AnswerHead): void {
  const contentType = mediaType({ header })
  if (status !== 200 || contentType !== 'text/event-stream') return
  throw notPolled({ status, contentType })
}

/** About the credential or the load, and not about polling: every carrier is told so. */
const saidToAll: readonly number[] = [401, 407, 408, 425, 429]

/** What a failed poll says about polling. That its URL is not there, or forbidden, says nothing about the stream, which may be asked. */
export function failureOfPoll(failure: TransportError): TransportError {
  const { code, status = 0 } = failure
  const refused = code === 'http_status' && status >= 400 && status < 500 && !saidToAll.includes(status)
  return refused ? notPolled({ status, cause: failure }) : failure
}

function notPolled(facts: TransportErrorFacts): TransportError {
  return new TransportError('not_a_stream_server', 'This URL does not answer polls.', facts)
}

/** What a stream of text would carry: texts as they are, everything else as JSON. */
function textsOf(body: string, answer: AnswerHead): readonly string[] {
  return valuesOf(body, answer).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
}

/** What a stream of JSON would carry. Lines are JSON already. */
function jsonOf(body: string, answer: AnswerHead): readonly string[] {
  const values = valuesOf(body, answer)
  return isJson(answer) ? values.map((value) => JSON.stringify(value)) : values.map(String)
}

function valuesOf(body: string, answer: AnswerHead): readonly unknown[] {
  if (body === '') return []
  if (isJson(answer)) {
    const value: unknown = parsed(body)
    return Array.isArray(value) ? value : [value]
  }
  return /ndjson|jsonl/.test(mediaType(answer)) ? body.split(/\r?\n/).filter((line) => line.trim() !== '') : [body]
}

function isJson(answer: AnswerHead): boolean {
  return /[/+]json$/.test(mediaType(answer))
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // Not even as the cause: V8's SyntaxError quotes the text. Where a body was cut is not always to be seen, so that it is asked again.
    throw new TransportError('interrupted', 'The page was cut short, or is no JSON.')
  }
}
