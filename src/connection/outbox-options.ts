/**
 * How much may wait to be sent, what happens beyond that, and how much leaves at once.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import { longestDelay } from './backoff.ts'

/**
 * What becomes of a `send()` that finds the outbox full.
 *
 * - `error`: it is rejected with `outbox_full`.
 * - `block`: it waits, and enters in its order as room appears. Until then its value is neither encoded nor counted: the caller,
 *   who awaits, holds it. The last one in may exceed the bytes. Not more callers wait than the outbox takes messages; the next
 *   one is rejected with `outbox_full`.
 * - `drop-oldest`: what has waited longest is rejected with `send_dropped`. What a transport has taken cannot be dropped;
 *   where nothing else is left, the new one is rejected with `outbox_full`.
 * - `drop-newest`: it is rejected with `send_dropped`.
 * - `latest`: at most one message waits at any time, full or not. A newer one replaces it, and the replaced one is rejected with
 *   `send_dropped`: for positions and sliders, where only the last value counts.
 */
export type OutboxOverflow = 'error' | 'block' | 'drop-oldest' | 'drop-newest' | 'latest'

/** Bounds of the outbox. */
export interface OutboxOptions {
  /** How many messages may be unsettled: waiting, or taken by a transport and not confirmed. Default 1,000. */
  readonly messages?: number | undefined
  /** How many bytes they may hold, a text counting one per UTF-16 unit. A larger message never fits. Default 1 MiB. */
  readonly bytes?: number | undefined
  /** Default `error`. */
  readonly overflow?: OutboxOverflow | undefined
  /** How many messages one write may carry. Default 64. */
  readonly maxBatch?: number | undefined
  /** How long a message may wait for others to leave with it, in milliseconds; a full batch leaves at once. Default 0. */
  readonly maxDelay?: number | undefined
}

const policies: readonly string[] = ['error', 'block', 'drop-oldest', 'drop-newest', 'latest']

/** Throws `bad_option` for bounds no outbox can keep. */
export function checkOutbox({ maxDelay = 0, overflow = 'error', ...counts }: OutboxOptions = {}): void {
  const { bytes, maxBatch, messages } = counts
  for (const [name, value] of Object.entries({ bytes, maxBatch, messages })) {
    check(value === undefined || (Number.isSafeInteger(value) && value > 0), name, 'a positive whole number')
  }
  check(maxDelay >= 0 && maxDelay <= longestDelay, 'maxDelay', 'between 0 ms and 24 days')
  check(policies.includes(overflow), 'overflow', `one of ${policies.join(', ')}`)
}

function check(holds: boolean, name: string, wanted: string): void {
  if (!holds) throw new TransportError('bad_option', `Option outbox.${name} must be ${wanted}.`)
}
