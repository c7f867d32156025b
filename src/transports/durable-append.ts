/**
 * Numbered appends over HTTP: one POST each, and what its answer means.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { AppendAnswer, NumberedAppend } from '../link.ts'
import { HEADERS, PRODUCER_INTEGER } from '../wire/names.ts'
import { type DurableInput, isPosition } from './durable-input.ts'
import { type AnswerHead, type HttpAnswer, retryAfter } from './http-answer.ts'
import { discard, openPost } from './post-request.ts'
import type { HttpInput } from './request-input.ts'

/** Refusals that pass by themselves; above 500 all but "will never understand this" do. */
const PASSING: readonly number[] = [408, 421, 423, 425, 429]

/** Makes one append. Rejects when the request broke before its answer. */
export async function appendOverHttp(
  input: DurableInput,
  { producer, records }: NumberedAppend,
  signal: AbortSignal,
): Promise<AppendAnswer> {
  const [first] = records
  const body = first instanceof Uint8Array ? first : records.join(',')
  const answer = await openPost(postInput(input), body, signal, producer)
  const { status } = answer
  if (status >= 200 && status < 300) return stored(answer)
  // These mean several things, which their headers and bodies tell apart.
  if (status !== 403 && status !== 409) {
    void discard(answer)
    return judged(answer, undefined)
  }
  const slug = await slugOf(answer)
  const meaning = judged(answer, slug)
  // Chromium and Firefox take a head that was cut off for a whole one, and the header that mattered may have been behind the cut.
  return meaning.kind === 'refused' && typeof slug !== 'string' ? { ...meaning, doubtful: true } : meaning
}

/** The HTTP options of the stream, for a POST to it. */
function postInput({ url, headers, sendHeaders, records, ...input }: DurableInput): HttpInput {
  const { fetch, tls, protocol, redirect, credentials, mode } = input
  const options = { fetch, tls, protocol, redirect, ...(credentials && { credentials }), ...(mode && { mode }) }
  const own = records === 'text' ? { 'content-type': 'text/plain' } : undefined
  return { ...options, url, headers, sendHeaders: sendHeaders ?? own }
}

/** A captive portal answers a POST with a page and 200 as well: only an answer with a position is one of a stream server. */
function stored(answer: HttpAnswer): AppendAnswer {
  void discard(answer)
  const offset = answer.header(HEADERS.nextOffset)
  if (!isPosition(offset)) return { kind: 'later' }
  const differs = answer.header(HEADERS.producerConflict) === 'true'
  return { kind: 'stored', offset, ...(differs && { differs }) }
}

async function slugOf(answer: HttpAnswer): Promise<unknown> {
  try {
    const problem: unknown = JSON.parse(await answer.text())
    return typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : undefined
  } catch {
    return undefined
  }
}

function judged(answer: AnswerHead, slug: unknown): AppendAnswer {
  const { status } = answer
  const expected = answer.header(HEADERS.producerExpectedSeq)
  if (status === 409 && expected !== undefined && PRODUCER_INTEGER.test(expected))
    return { kind: 'early', expected: Number(expected) }
  if (status === 403 && answer.header(HEADERS.producerEpoch) !== undefined) return { kind: 'barred', error: fenced() }
  if (slug === 'producer_owned') return { kind: 'barred', error: owned() }
  const retryAfterMs = retryAfter(answer.header('retry-after'))
  if (PASSING.includes(status) || (status >= 500 && status !== 501 && status !== 505 && status !== 507))
    return { kind: 'later', retryAfterMs }
  const error = new TransportError('send_failed', `The server refused it with status ${status}.`, {
    status,
    retryAfterMs,
    repeatable: false,
  })
  return status === 401 ? { kind: 'unauthorized', error } : { kind: 'refused', error }
}

/** A newer owner of the producer's id has appended: this one's time is over. */
export function fenced(): TransportError {
  return new TransportError('producer_fenced', 'A newer owner of this producer has taken over.', { repeatable: false })
}

/** A copy of the outbox is at work elsewhere: its records lie under our numbers. */
export function copied(): TransportError {
  return new TransportError('producer_fenced', 'Somebody else appends under this producer.', { repeatable: false })
}

/** The producer's id is bound to another principal. */
export function owned(): TransportError {
  return new TransportError('producer_owned', 'This producer id belongs to somebody else.', { repeatable: false })
}
