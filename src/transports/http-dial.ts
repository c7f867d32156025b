/**
 * The part of dialling that every HTTP transport shares: who owns what until there is a link.
 *
 * @module
 */
import { openHttp } from '#http'
import { asTransportError } from '../errors.ts'
import type { DialRequest } from '../link.ts'
import { abandoned, type HttpAnswer } from './http-answer.ts'
import { type PreparedRequest, prepareRequest, type RequestPlan } from './request.ts'
import type { HttpInput } from './request-input.ts'

/** A request and its answer, alive until `life` aborts. */
export interface Exchange {
  readonly request: PreparedRequest
  readonly answer: HttpAnswer
}

/** Sends one request, and shows its answer to `input.onAnswer` first. */
export async function exchange(input: HttpInput, plan: RequestPlan): Promise<Exchange> {
  const request = await prepareRequest(input, plan)
  const answer = await openHttp(request)
  await input.onAnswer?.(answer)
  return { request, answer }
}

/**
 * Runs `work` under a controller of its own that follows the dial's signal until the work is done: what came of it outlives the
 * dial, as the chart may abort that signal when it leaves `connecting`. When the work fails, the controller aborts, and
 * nothing stays open.
 */
export async function underDial<Result>(
  dial: DialRequest,
  work: (life: AbortController) => Promise<Result>,
): Promise<Result> {
  const life = new AbortController()
  const abort = (): void => life.abort(dial.signal.reason)
  if (dial.signal.aborted) abort()
  else dial.signal.addEventListener('abort', abort)
  try {
    const result = await work(life)
    life.signal.throwIfAborted()
    return result
  } catch (thrown) {
    const failure = asTransportError(thrown)
    const aborted = life.signal.aborted && failure !== thrown
    life.abort()
    throw aborted ? abandoned() : failure
  } finally {
    dial.signal.removeEventListener('abort', abort)
  }
}
