/**
 * Refusals: `application/problem+json` (RFC 9457) with a stable code. Never a stack, a payload or a header value.
 *
 * @module
 */

import type { Problem } from '../wire/control.ts'
import { HEADERS, PROBLEM_TYPE } from '../wire/names.ts'
import type { Reset } from './cursor.ts'
import { answer, type StreamResponse } from './exchange.ts'

/** A request that is refused. Thrown inside a handler and answered at its door. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, sentence: string, headers: Readonly<Record<string, string>> = {}) {
    super(sentence)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Answers with a refusal. */
export function refuse(response: StreamResponse, refusal: Refusal): void {
  answer(response, refusal.status, problemHeaders(refusal.headers), refusalBody(refusal))
}

/** The body of a refusal, for places that have no {@link StreamResponse}. */
export function refusalBody({ status, code, message, headers }: Refusal): string {
  const seconds = Number(headers['Retry-After'])
  return problemBody(status, code, message, seconds > 0 ? { retryAfterMs: seconds * 1000 } : {})
}

function problemBody(status: number, code: string, title: string, more: Partial<Problem>): string {
  const problem: Problem = { type: `urn:statewire:problem:${code}`, title, status, code, ...more }
  return JSON.stringify(problem)
}

/** 410: the position cannot be served. Says from where it could be, and what is lost. */
export function answerReset(response: StreamResponse, reset: Reset): void {
  const { reason, lost, earliest, next } = reset
  const headers = {
    [HEADERS.reset]: reason,
    [HEADERS.earliestOffset]: earliest,
    [HEADERS.nextOffset]: next,
  }
  const title = 'The records after this position are not there any more.'
  const body = problemBody(410, 'position_gone', title, { reset: reason, lost, earliest, next })
  answer(response, 410, problemHeaders(headers), body)
}

function problemHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return { 'Cache-Control': 'no-store', ...headers, 'Content-Type': PROBLEM_TYPE }
}

/** The refusal for a stream that is not there. */
export function notFound(): Refusal {
  return new Refusal(404, 'not_found', 'There is no such stream.')
}
