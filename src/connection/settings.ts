/**
 * What every connection can be told, whatever its protocol. Times are milliseconds on the actor's clock.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { type Backoff, defaultBackoff, longestDelay } from './backoff.ts'
import type { Environment } from './environment-source.ts'
import { checkOutbox, type OutboxOptions } from './outbox-options.ts'
import type { Pool } from './pool.ts'

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
  /** How long an open link may stay without its first byte. Default `Infinity`. */
  readonly firstByteTimeout?: number | undefined
  /** How long a link without a promised heartbeat may stay without a byte; then it is lost. Default `Infinity`. */
  readonly idleTimeout?: number | undefined
  /** How long everything may take, from `connect` to `closed`, retries included; then it rests in `error`. Default `Infinity`. */
  readonly totalTimeout?: number | undefined
  /** How long a close with `drain` may go on sending what waits. Default 5,000. */
  readonly closeTimeout?: number | undefined
  /**
   * How long a peer may take to answer when there is reason to doubt it: the page woke up or came to the front, or the network
   * changed. Default 3,000.
   */
  readonly probeTimeout?: number | undefined
  /** How long a link must hold before the backoff starts over. Default 10,000. */
  readonly stableAfter?: number | undefined
  /** Attempts in a row before giving up. Default: no limit. */
  readonly maxAttempts?: number | undefined
  /** How long to go on trying after the first failure in a row. Default `Infinity`. */
  readonly maxElapsedTime?: number | undefined
  /** The most requests of this connection in any minute, retries of every kind included. Default 30. */
  readonly retryBudget?: number | undefined
  /** Wait with reconnecting until the page is visible again. Default `false`. */
  readonly pauseWhenHidden?: boolean | undefined
  /** What tells of network, visibility and sleep. Default: the page's own; `false` for none. Silent in Node. */
  readonly environment?: Environment | false | undefined
  /** Shares a breaker and a retry budget per origin with other connections. Default: none. */
  readonly pool?: Pool | undefined
  /** Window of the full-jitter backoff. Default base 500, cap 20,000. */
  readonly backoff?: Partial<Backoff> | undefined
  /** Called once when the server refuses the credential (401, close codes 4100 to 4199); the next attempt follows when it resolves. */
  readonly authorize?: (() => Promise<unknown>) | undefined
  /** Bounds of the outbox and what happens at them. Default 1,000 messages and 1 MiB, beyond which `send()` rejects with `outbox_full`. */
  readonly outbox?: OutboxOptions | undefined
  /** Source of jitter, from 0 up to 1. Default `Math.random`. */
  readonly random?: (() => number) | undefined
}

/** Defaults for protocols whose server promises a heartbeat. */
export const watched: ConnectionInput = { heartbeatInterval: 5_000 }

/**
 * Whether a request may be sent again: always, never, or only once there is a position, because what is sent then is another one: the
 * user's strategy takes the stream up, and the first request stays alone.
 */
export type Repeatable = boolean | 'from-position'

/** The settings as the chart keeps them: numbers and words only, so that a snapshot stays serialisable. */
export interface Settings {
  readonly lazy: boolean
  readonly pauseWhenHidden: boolean
  readonly connectTimeout: number
  readonly firstByteTimeout: number
  readonly idleTimeout: number
  readonly totalTimeout: number
  readonly closeTimeout: number
  readonly heartbeatInterval: number
  readonly probeTimeout: number
  readonly stableAfter: number
  readonly maxAttempts: number
  readonly maxElapsedTime: number
  readonly backoff: Backoff
  /** Whether a failed request may be repeated; `false` for a POST without an idempotency key and without a strategy for positions. */
  readonly repeatable: Repeatable
}

/** Every duration with its default. No limit is the longest delay: `Infinity` would become `null` in a persisted snapshot. */
const durations = {
  connectTimeout: 10_000,
  firstByteTimeout: longestDelay,
  idleTimeout: longestDelay,
  totalTimeout: longestDelay,
  closeTimeout: 5_000,
  heartbeatInterval: longestDelay,
  probeTimeout: 3_000,
  stableAfter: 10_000,
  maxElapsedTime: longestDelay,
}

type DurationName = keyof typeof durations

const durationNames = Object.keys(durations) as DurationName[]

/** What most connections run with, kept once: a copy for each would weigh 170 bytes. */
const standard = filledIn({})

/** Fills in the defaults. A duration no timer can keep is replaced here and refused by {@link checkInput}. */
export function settingsOf(input: ConnectionInput & { readonly repeatable?: Repeatable | undefined }): Settings {
  return Object.keys(standard).every((name) => input[name as keyof Settings] === undefined) ? standard : filledIn(input)
}

function filledIn(input: ConnectionInput & { readonly repeatable?: Repeatable | undefined }): Settings {
  const { backoff, lazy = false, maxAttempts = Number.MAX_SAFE_INTEGER, pauseWhenHidden = false } = input
  return {
    ...(Object.fromEntries(durationNames.map((name) => [name, durationOr(input[name], durations[name])])) as Record<
      DurationName,
      number
    >),
    lazy,
    pauseWhenHidden,
    maxAttempts: Math.min(maxAttempts, Number.MAX_SAFE_INTEGER),
    backoff: {
      base: durationOr(backoff?.base, defaultBackoff.base),
      cap: durationOr(backoff?.cap, defaultBackoff.cap),
    },
    repeatable: input.repeatable ?? true,
  }
}

function durationOr(value: number | undefined, otherwise: number): number {
  return value !== undefined && isDuration(value) ? value : otherwise
}

function isDuration(value: number): boolean {
  return value > 0 && value <= longestDelay
}

/** Throws `bad_option` for a number no connection can work with. */
export function checkInput(input: ConnectionInput): void {
  const { backoff, maxAttempts = 0, retryBudget = 1 } = input
  for (const name of durationNames) {
    const unlimited = input[name] === Number.POSITIVE_INFINITY && durations[name] === longestDelay
    if (!unlimited) checkDuration(name, input[name])
  }
  checkDuration('backoff.base', backoff?.base)
  checkDuration('backoff.cap', backoff?.cap)
  checkOutbox(input.outbox)
  if (!(maxAttempts >= 0)) throw badOption('maxAttempts', 'zero or more')
  if (!(retryBudget >= 1)) throw badOption('retryBudget', 'one or more')
}

function checkDuration(name: string, value: number | undefined): void {
  if (value !== undefined && !isDuration(value)) throw badOption(name, 'between 1 ms and 24 days')
}

function badOption(name: string, expected: string): TransportError {
  return new TransportError('bad_option', `Option ${name} must be ${expected}.`)
}
