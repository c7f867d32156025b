/**
 * What every connection can be told, whatever its protocol. Times are milliseconds on the actor's clock.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { type Backoff, defaultBackoff, longestDelay } from './backoff.ts'

/** Options of the connection itself; each transport adds its own. */
export interface ConnectionInput {
  /** Resume after this position instead of from the beginning. */
  readonly position?: string | undefined
  /** A `send` in `idle` also connects. Default `false`. */
  readonly lazy?: boolean | undefined
  /** Start with the flow paused, for listeners that attach after `connect`. Default `false`. */
  readonly startPaused?: boolean | undefined
  /** How long one attempt may take. Default 10,000. */
  readonly connectTimeout?: number | undefined
  /**
   * How often the peer promises a sign of life. After that much silence it is probed, after twice as much the link is lost.
   * Default `Infinity` (no watchdog) for third-party endpoints, 5,000 for `durableConnection`.
   */
  readonly heartbeatInterval?: number | undefined
  /** How long a link must hold before the backoff starts over. Default 10,000. */
  readonly stableAfter?: number | undefined
  /** Attempts in a row before giving up. Default: no limit. */
  readonly maxAttempts?: number | undefined
  /** Window of the full-jitter backoff. Default base 500, cap 20,000. */
  readonly backoff?: Partial<Backoff> | undefined
  /** Called once when the server refuses the credential (401, close codes 4100 to 4199); the next attempt follows when it resolves. */
  readonly authorize?: (() => Promise<unknown>) | undefined
  /** Bounds of the outbox; beyond them `send()` rejects with `outbox_full`. Default 1,000 messages and 1 MiB. */
  readonly outbox?: { readonly messages?: number | undefined; readonly bytes?: number | undefined } | undefined
  /** Source of jitter, from 0 up to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** Defaults for protocols whose server promises a heartbeat. */
export const watched: ConnectionInput = { heartbeatInterval: 5_000 }

/** The settings as the chart keeps them: numbers and words only, so that a snapshot stays serialisable. */
export interface Settings {
  readonly lazy: boolean
  readonly connectTimeout: number
  readonly heartbeatInterval: number
  readonly stableAfter: number
  readonly maxAttempts: number
  readonly backoff: Backoff
  /** Whether a failed request may be repeated; `false` for a POST without an idempotency key. */
  readonly repeatable: boolean
}

/** Fills in the defaults. A duration no timer can keep is replaced here and refused by {@link checkInput}. */
export function settingsOf(input: ConnectionInput & { readonly repeatable?: boolean | undefined }): Settings {
  return {
    lazy: input.lazy ?? false,
    connectTimeout: durationOr(input.connectTimeout, 10_000),
    // Infinity would become null in a persisted snapshot.
    heartbeatInterval: durationOr(input.heartbeatInterval, longestDelay),
    stableAfter: durationOr(input.stableAfter, 10_000),
    maxAttempts: Math.min(input.maxAttempts ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    backoff: {
      base: durationOr(input.backoff?.base, defaultBackoff.base),
      cap: durationOr(input.backoff?.cap, defaultBackoff.cap),
    },
    repeatable: input.repeatable ?? true,
  }
}

function durationOr(value: number | undefined, standard: number): number {
  return value !== undefined && isDuration(value) ? value : standard
}

function isDuration(value: number): boolean {
  return value > 0 && value <= longestDelay
}

/** Throws `bad_option` for a number no connection can work with. */
export function checkInput(input: ConnectionInput): void {
  const { backoff, connectTimeout, heartbeatInterval, maxAttempts, stableAfter } = input
  const watched = heartbeatInterval === Number.POSITIVE_INFINITY ? undefined : heartbeatInterval
  const durations = {
    connectTimeout,
    heartbeatInterval: watched,
    stableAfter,
    'backoff.base': backoff?.base,
    'backoff.cap': backoff?.cap,
  }
  for (const [name, value] of Object.entries(durations)) {
    if (value !== undefined && !isDuration(value)) {
      throw new TransportError('bad_option', `Option ${name} must be between 1 ms and 24 days.`)
    }
  }
  if (maxAttempts !== undefined && !(maxAttempts >= 0)) {
    throw new TransportError('bad_option', 'Option maxAttempts must be zero or more.')
  }
}
