/**
 * What every request of one server shares.
 *
 * @module
 */

import type { Clock } from './clock.ts'
import type { Hub } from './hub/hub.ts'
import type { Limits } from './limits.ts'
import type { OpenReads } from './open-reads.ts'
import type { ServerInstruments } from './operations/instruments.ts'
import type { StreamTuning } from './options.ts'
import type { Positions } from './positions.ts'
import type { Gate } from './security/gate.ts'
import type { Log } from './security/log.ts'
import type { StreamStore } from './stores/store.ts'
import type { TimerWheel } from './timer-wheel.ts'

export interface ServerContext {
  readonly store: StreamStore
  readonly hub: Hub
  readonly gate: Gate
  readonly clock: Clock
  readonly wheel: TimerWheel
  /** 0 to 1, as `Math.random`. */
  readonly random: () => number
  readonly limits: Limits
  readonly autoCreate: boolean
  /** How the stream at this path is served. */
  readonly tuning: (path: string) => StreamTuning
  /** How positions look over HTTP. */
  readonly positions: Positions
  readonly resourcePolicy: string
  readonly openReads: OpenReads
  readonly instruments: ServerInstruments
  readonly log: Log
  /** Told about what should not have happened. */
  readonly report: (error: unknown) => void
}
