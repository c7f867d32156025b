/**
 * What a refusal looks like.
 *
 * @module
 */

import { expect } from 'vitest'
import type { RawAnswer } from './raw-http.ts'

/** A problem document (RFC 9457) with one plain sentence, this status and, where it is documented, this code. */
export function expectProblem(answer: RawAnswer | undefined, status: number, code?: string): void {
  expect(answer?.status, answer?.body).toBe(status)
  expect(answer?.headers.get('content-type')).toBe('application/problem+json')
  const problem: Record<string, unknown> = JSON.parse(answer?.body ?? '')
  expect(problem).toMatchObject({ status, ...(code === undefined ? {} : { code }) })
  expect(problem.title).toMatch(/^[A-Z][^\n]*\.$/)
  expect(problem.type).toBe(`urn:statewire:problem:${problem.code}`)
}
