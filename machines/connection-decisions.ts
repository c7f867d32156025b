/**
 * What the connection chart decides, as pure functions of its context: one sentence of the chart each.
 *
 * @module
 */
import { backoffDelay, longestDelay } from '../src/connection/backoff.ts'
import { classify, isPlanned, isTorn } from '../src/connection/classification.ts'
import { asTransportError, TransportError } from '../src/errors.ts'
import type { ConnectionContext, Ending } from './connection-types.ts'

type Change = Partial<ConnectionContext>

/** A head that was cut off is no reason to give up, and a server that never names a type is found out at the third time. */
const TORN_HEADS = 2

/** Whether the address may be right: it has been, or what came from there is not all that was said. */
function isPlausible({ attempt, established }: ConnectionContext, failure: unknown): boolean {
  return established > 0 || (failure instanceof TransportError && isTorn(failure) && attempt < TORN_HEADS)
}

export function mayRetry(context: ConnectionContext, failure: unknown): boolean {
  const { maxAttempts, maxElapsedTime } = context.settings
  return (
    classify(failure, isPlausible(context, failure)) === 'retry' &&
    context.attempt < maxAttempts &&
    context.now - (context.failingSince ?? context.now) < maxElapsedTime
  )
}

export function mayRenew(context: ConnectionContext, failure: unknown): boolean {
  return classify(failure, context.established > 0) === 'refresh-token' && context.credential === 'renewable'
}

export function isOver(context: ConnectionContext, failure: unknown): boolean {
  return classify(failure, context.established > 0) === 'done'
}

/** What may run out of time. */
export type TimedOut = 'connect_timeout' | 'first_byte_timeout' | 'idle_timeout' | 'silent' | 'total_timeout'

/** The failure of which nobody tells the chart: time ran out. */
export function ranOut(context: ConnectionContext, code: TimedOut): TransportError {
  const { settings, silence } = context
  const sentences: Record<TimedOut, string> = {
    connect_timeout: `The server did not answer within ${settings.connectTimeout} ms.`,
    first_byte_timeout: `No byte followed the answer within ${settings.firstByteTimeout} ms.`,
    idle_timeout: `Nothing came for ${settings.idleTimeout} ms.`,
    silent: `Nothing was heard from the server for ${Math.round(silence)} ms.`,
    total_timeout: `It was not done within ${settings.totalTimeout} ms.`,
  }
  return new TransportError(code, sentences[code], { repeatable: mayRepeat(context) })
}

/** Whether what was asked may be asked again: an interrupted POST was perhaps done. */
export function mayRepeat({ position, settings }: Pick<ConnectionContext, 'position' | 'settings'>): boolean {
  // An empty position is one that was taken back (WHATWG HTML, section 9.2.6).
  return settings.repeatable === 'from-position' ? Boolean(position) : settings.repeatable
}

/** The same as an event: a link that time has run out for is lost like any other. */
export function lostTo(
  context: ConnectionContext,
  code: TimedOut,
): { readonly type: 'link.lost'; readonly error: TransportError } {
  return { type: 'link.lost', error: ranOut(context, code) }
}

/** Whether anything is promised that can fail to come. */
export function isWatched(context: ConnectionContext): boolean {
  const { heartbeatInterval, idleTimeout } = context.settings
  return Math.min(heartbeatInterval, idleTimeout) < longestDelay
}

/** A paused reader hears nothing by its own choice, so the data plane folds a silence of 0 then. */
export function isSilent(context: ConnectionContext): boolean {
  return context.silence >= context.settings.heartbeatInterval
}

export function isIdle(context: ConnectionContext): boolean {
  return context.silence >= context.settings.idleTimeout
}

/** Counted from the last byte, not from the last tick, so that "twice the interval" is never three times. */
export function untilQuiet(context: ConnectionContext): number {
  const { heartbeatInterval, idleTimeout } = context.settings
  const patience = Math.min(heartbeatInterval, idleTimeout)
  return context.silence < patience ? Math.max(1, patience - context.silence) : patience
}

/** A link that cannot ask can only be doubted where something is promised. */
export function isProbeable(context: ConnectionContext): boolean {
  return context.probe === 'ping' || context.settings.heartbeatInterval < longestDelay
}

/**
 * A page that comes to the front has no reason to doubt a link it can only wait for, unless what is promised is overdue: half
 * of all looks at the page would end a living stream.
 */
export function isOverdue(context: ConnectionContext): boolean {
  return context.probe === 'ping' || isSilent(context)
}

/**
 * Silence twice as long as promised is loss. It is waited for in two steps: after a sleep or a blocked event loop the first timer
 * may fire before the bytes that lie ready are read, the second cannot.
 */
export function patienceWithSilence({ settings }: ConnectionContext): number {
  return settings.heartbeatInterval / 2
}

/** Who can only wait must at least wait for the next sign of life that is due, and a second for its way. */
export function patienceInDoubt(context: ConnectionContext): number {
  const { heartbeatInterval, probeTimeout } = context.settings
  const due = heartbeatInterval - context.silence + 1_000
  return Math.max(probeTimeout, context.probe === 'ping' ? 0 : due) / 2
}

/**
 * Whether the timer of a probe comes later than timers do: the machine slept, or the event loop was blocked, and an answer may lie
 * unread. A hidden page's timers come up to a minute late.
 */
export function hasOverslept({ now, page, patience, probedAt }: ConnectionContext): boolean {
  return now - probedAt - patience > (page === 'hidden' ? 60_000 : 1_000)
}

export function afterFailure(context: ConnectionContext, failure: unknown): Change {
  const error = asTransportError(failure)
  const planned = isPlanned(error)
  const attempt = context.attempt + (planned ? 0 : 1)
  const floor = Math.max(context.retryFloor, error.retryAfterMs ?? 0)
  // Whose pause was drawn by lot already says `interrupted`: the durable protocols spread their readers themselves.
  const crowd = error.status === 503 || (planned && error.code === 'closed_by_server')
  const delay = backoffDelay({ ...context.settings.backoff, attempt, chance: context.chance, floor, crowd })
  return { failure: error, attempt, delay, failingSince: context.failingSince ?? context.now }
}

/** Another draw, for those whom the breaker let go at once. */
export function redrawn({ attempt, chance, settings }: ConnectionContext): Change {
  return { delay: backoffDelay({ ...settings.backoff, attempt: Math.max(attempt, 2), chance, floor: 0, crowd: false }) }
}

export function afterStability(context: ConnectionContext): Change {
  const credential = context.credential === 'renewed' ? 'renewable' : context.credential
  return { attempt: 0, failure: null, failingSince: null, credential }
}

export function endingOf(event: { readonly type: string }): Ending {
  return { reason: 'closed', code: 'code' in event && typeof event.code === 'number' ? event.code : undefined }
}

export function restingFailure(context: ConnectionContext): TransportError {
  return asTransportError(context.failure)
}
