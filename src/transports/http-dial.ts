/**
 * The part of dialling that every HTTP transport shares: who owns what until there is a link.
 *
 * @module
 */
import { openHttp } from '#http'
import { asTransportError } from '../errors.ts'
import type { DialRequest } from '../link.ts'
import { abandoned, type HttpAnswer } from './http-answer.ts'
import { checkOption } from './option-checks.ts'
import type { PositionSession } from './positions.ts'
import { type PreparedRequest, prepareRequest, type RequestPlan } from './request.ts'
import type { HttpInput } from './request-input.ts'

/** A request and its answer, alive until `life` aborts. */
export interface Exchange {
  readonly request: PreparedRequest
  readonly answer: HttpAnswer
}

/** The user's strategy at this position; `undefined` where the transport goes on by itself. Throws `bad_option`. */
export function sessionOf(input: HttpInput, { position }: DialRequest): PositionSession | undefined {
  const { positions } = input
  const known = positions === undefined || typeof positions?.begin === 'function'
  checkOption(known, 'positions', 'a strategy, such as byQuery makes')
  return positions?.begin(input, position)
}

/** Sends one request, and shows its answer to `input.onAnswer` first. The request then has the user's own input, for `send()`. */
export async function exchange(input: HttpInput, plan: RequestPlan): Promise<Exchange> {
  const asked = await plan.session?.ask()
  const request = await prepareRequest(asked === undefined ? input : { ...input, ...asked }, plan)
  const answer = await openHttp(request)
  await input.onAnswer?.(answer)
  return { request: asked === undefined ? request : { ...request, input }, answer }
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
