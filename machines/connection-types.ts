/**
 * What the connection chart knows, hears and says.
 *
 * @module
 */
import { type ConnectionInput, type Settings, settingsOf } from '../src/connection/settings.ts'
import type { TransportError } from '../src/errors.ts'
import type { Gap, Link, Message } from '../src/link.ts'
import type { EnvironmentEmitted } from './environment-types.ts'

/** Why a connection is over. */
export interface Ending {
  /** `done`: the protocol said so. `closed`: you did. */
  readonly reason: 'done' | 'closed'
  /** The code handed to `close`, where there was one. */
  readonly code?: number | undefined
}

export interface ConnectionContext {
  readonly settings: Settings
  /** Failures in a row since the last stable connection. */
  readonly attempt: number
  /** When the first of them was, on the clock of `now`; `null` while there is none. */
  readonly failingSince: number | null
  /** How often a link was up. */
  readonly established: number
  /** The wait before the next attempt, in milliseconds, jitter included. */
  readonly delay: number
  /** What the server asked to wait at least, in milliseconds. */
  readonly retryFloor: number
  /** The last failure; in `error` the one that ended it. */
  readonly failure: TransportError | null
  /** Whether a refused credential can still be renewed. */
  readonly credential: 'fixed' | 'renewable' | 'renewed'
  /** Whether messages are wanted; survives reconnection. */
  readonly flow: 'flowing' | 'paused'
  readonly ending: Ending | null
  /** Whether the open link can ask its peer for a sign of life, or must wait for the next promised one. */
  readonly probe: 'ping' | 'wait'
  /** How long an unanswered probe may take before the next step, in milliseconds. */
  readonly patience: number
  /** When it was probed, on the clock of `now`. */
  readonly probedAt: number
  /** The last position handed to listeners. Folded in before every control event, like everything below. */
  readonly position: string | null
  readonly received: number
  readonly sent: number
  /** What waits to be sent or to be confirmed, in messages. */
  readonly queued: number
  /** Milliseconds since the peer was last heard. */
  readonly silence: number
  /** Whether the peer was heard since it was last asked: since the link opened, or since the last probe. */
  readonly answered: boolean
  /** Milliseconds until the retry budget and the breaker admit another request. */
  readonly admission: number
  /** What the platform says; both are hints. */
  readonly network: 'online' | 'offline'
  readonly page: 'visible' | 'hidden'
  /** Monotonic time in milliseconds: the chart has no clock of its own to read. */
  readonly now: number
  /** The random number of this event, from 0 up to 1: drawn outside, so that the chart replays exactly. */
  readonly chance: number
}

/** The part of the context that the data plane owns. */
export type Folded = Pick<
  ConnectionContext,
  | 'position'
  | 'received'
  | 'sent'
  | 'queued'
  | 'silence'
  | 'answered'
  | 'admission'
  | 'network'
  | 'page'
  | 'now'
  | 'chance'
  | 'retryFloor'
>

export type ConnectionEvent<Sent = unknown> =
  | { readonly type: 'connect' }
  | { readonly type: 'send'; readonly data: Sent }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'retry' }
  | {
      readonly type: 'close'
      readonly code?: number | undefined
      readonly reason?: string | undefined
      /** Send what waits first, for at most `closeTimeout`. Default `false`. */
      readonly drain?: boolean | undefined
    }
  | { readonly type: 'link.lost'; readonly error: TransportError }
  | { readonly type: 'link.ended' }
  | { readonly type: 'restored' }
  | { readonly type: 'outbox.drained' }
  | { readonly type: 'close.expired' }
  | { readonly type: 'total.expired' }
  | { readonly type: 'breaker.opened' }
  | { readonly type: 'breaker.closed' }
  | EnvironmentEmitted

/** What `actor.on(type, …)` hears. */
export type ConnectionEmitted<Data = unknown> =
  | { readonly type: 'connecting'; readonly attempt: number }
  | { readonly type: 'connected'; readonly protocol: string }
  | {
      readonly type: 'reconnecting'
      readonly attempt: number
      readonly delay: number
      readonly error: TransportError | null
    }
  | { readonly type: 'message'; readonly message: Message<Data> }
  | { readonly type: 'gap'; readonly gap: Gap }
  | { readonly type: 'done' }
  | { readonly type: 'error'; readonly error: TransportError }
  | ({ readonly type: 'closed' } & ConnectionOutput)

/** The output of the final state. */
export interface ConnectionOutput extends Ending {
  readonly position: string | null
  readonly received: number
  readonly sent: number
}

export function initialContext(input: ConnectionInput): ConnectionContext {
  return {
    settings: settingsOf(input),
    attempt: 0,
    failingSince: null,
    established: 0,
    delay: 0,
    retryFloor: 0,
    failure: null,
    credential: input.authorize === undefined ? 'fixed' : 'renewable',
    flow: input.startPaused === true ? 'paused' : 'flowing',
    ending: null,
    probe: 'wait',
    patience: 0,
    probedAt: 0,
    position: input.position ?? null,
    received: 0,
    sent: 0,
    queued: 0,
    silence: 0,
    answered: true,
    admission: 0,
    network: 'online',
    page: 'visible',
    now: 0,
    chance: 0.5,
  }
}

export function outputOf(context: ConnectionContext): ConnectionOutput {
  const { ending, position, received, sent } = context
  return { ...(ending ?? { reason: 'closed' }), position, received, sent }
}

/** The error an event carries: `link.lost` by us, `xstate.error.actor.*` by XState. */
export function failureOf(event: { readonly type: string }): unknown {
  return 'error' in event ? event.error : undefined
}

/** The link in the done event of a dial. It lives in events and inputs only, never in the context. */
export function linkOf(event: { readonly type: string }): Link | undefined {
  return 'output' in event ? (event.output as Link | undefined) : undefined
}
