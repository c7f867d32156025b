/**
 * What every request of one server shares.
 *
 * @module
 */

import type { Clock } from './clock.ts'
import type { OpenReads } from './open-reads.ts'
import type { Registry } from './registry.ts'

export interface ServerContext {
  readonly registry: Registry
  readonly clock: Clock
  /** 0 to 1, as `Math.random`. */
  readonly random: () => number
  readonly origins: ReadonlySet<string>
  readonly autoCreate: boolean
  readonly longPollMs: number
  readonly maxAgeMs: number
  readonly openReads: OpenReads
  /** Told about what should not have happened. */
  readonly report: (error: unknown) => void
}

/** A peer whose socket takes nothing for so long is cut off; it resumes from its own position. */
export const STALL_MS = 20_000
