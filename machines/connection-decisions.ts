/**
 * What the connection chart decides, as pure functions of its context: one sentence of the chart each.
 *
 * @module
 */
import { backoffDelay, longestDelay } from '../src/connection/backoff.ts'
import { classify } from '../src/connection/classification.ts'
import { asTransportError, TransportError } from '../src/errors.ts'
import type { ConnectionContext, Ending } from './connection-types.ts'

type Change = Partial<ConnectionContext>

export function mayRetry(context: ConnectionContext, failure: unknown): boolean {
  return classify(failure, context.established > 0) === 'retry' && context.attempt < context.settings.maxAttempts
}

export function mayRenew(context: ConnectionContext, failure: unknown): boolean {
  return classify(failure, context.established > 0) === 'refresh-token' && context.credential === 'renewable'
}

export function isOver(context: ConnectionContext, failure: unknown): boolean {
  return classify(failure, context.established > 0) === 'done'
}

export function timedOut(context: ConnectionContext): TransportError {
  const { connectTimeout, repeatable } = context.settings
  return new TransportError('connect_timeout', `The server did not answer within ${connectTimeout} ms.`, { repeatable })
}

export function wentSilent(context: ConnectionContext): TransportError {
  const { repeatable } = context.settings
  return new TransportError('silent', `Nothing was heard from the server for ${context.silence} ms.`, { repeatable })
}

/** A paused reader hears nothing by its own choice, so the data plane folds a silence of 0 then. */
export function isSilent(context: ConnectionContext): boolean {
  return context.silence >= context.settings.heartbeatInterval
}

/** Counted from the last byte, not from the last tick, so that "twice the interval" is never three times. */
export function untilSilent(context: ConnectionContext): number {
  const { heartbeatInterval } = context.settings
  if (heartbeatInterval === longestDelay || isSilent(context)) return heartbeatInterval
  return Math.max(1, heartbeatInterval - context.silence)
}

export function afterFailure(context: ConnectionContext, failure: unknown): Change {
  const error = asTransportError(failure)
  const attempt = context.attempt + 1
  const floor = Math.max(context.retryFloor, error.retryAfterMs ?? 0)
  return { failure: error, attempt, delay: backoffDelay(context.settings.backoff, attempt, context.chance, floor) }
}

export function afterStability(context: ConnectionContext): Change {
  const credential = context.credential === 'renewed' ? 'renewable' : context.credential
  return { attempt: 0, failure: null, credential }
}

export function endingOf(event: { readonly type: string }): Ending {
  return { reason: 'closed', code: 'code' in event && typeof event.code === 'number' ? event.code : undefined }
}

export function restingFailure(context: ConnectionContext): TransportError {
  return asTransportError(context.failure)
}
