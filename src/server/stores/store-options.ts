/**
 * What a store in this process is configured with, checked once.
 *
 * @module
 */

import { type Clock, systemClock } from '../clock.ts'
import type { Retention } from './store.ts'

/** Options that all stores of this process share. */
export interface StoreOptions {
  /** How much history each stream keeps. Default: 10,000 records, 8 MiB, 24 h. */
  readonly retention?: Partial<Retention> | undefined
  /**
   * What all streams together may take, in bytes: the bodies, and a fixed sum for each record, producer and key, so that
   * many tiny ones are not free. Beyond it closed streams go, oldest closed first, and then appends are refused.
   * Default: 256 MiB in memory, no limit in a file.
   */
  readonly bytes?: number | undefined
  /** The most producers a stream remembers for exactly-once appends. Default 1,000. */
  readonly producers?: number | undefined
  /** A stream without an expiry of its own goes when nobody has read or written it for so long. Default 24 h. */
  readonly idleMs?: number | undefined
  /** Default: the machine's. */
  readonly clock?: Clock | undefined
}

/** The options with their defaults. */
export interface StoreRules {
  readonly retention: Retention
  readonly bytes: number
  readonly producers: number
  readonly idleMs: number
  readonly clock: Clock
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Checks the options.
 *
 * @throws RangeError when a number is none, or is not above 0.
 */
export function rulesFrom(options: StoreOptions, defaultBytes: number): StoreRules {
  const { retention = {} } = options
  return {
    retention: {
      records: positive('retention.records', retention.records ?? 10_000),
      bytes: positive('retention.bytes', retention.bytes ?? 8 * 1024 * 1024),
      ageMs: positive('retention.ageMs', retention.ageMs ?? DAY_MS),
    },
    bytes: positive('bytes', options.bytes ?? defaultBytes),
    producers: positive('producers', options.producers ?? 1_000),
    idleMs: positive('idleMs', options.idleMs ?? DAY_MS),
    clock: options.clock ?? systemClock,
  }
}

function positive(name: string, value: number): number {
  if (typeof value !== 'number' || !(value > 0)) throw new RangeError(`${name} has to be a number above 0.`)
  return value
}
