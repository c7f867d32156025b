/**
 * What is counted about connections: a plain object that survives JSON, with no URL, no payload and no free text of a peer's in it.
 *
 * @module
 */

/** How often each key came: an error code, a state, a protocol. A key that never came is missing. */
export type Counts = Readonly<Record<string, number>>

/** What is timed. `connect`: an attempt that succeeded. `recovery`: from a loss to connected again. `connected`: from up to down. */
export type DurationKind = 'connect' | 'recovery' | 'connected'

/** Upper bounds of the histogram's buckets, in milliseconds, inclusive; what took longer than a day is in one more bucket. */
export const durationBounds: readonly number[] = [
  5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 1_800_000, 3_600_000, 21_600_000,
  86_400_000,
]

/** How durations are spread. */
export interface DurationHistogram {
  readonly count: number
  /** Milliseconds, like `min` and `max`; these two are 0 while nothing was counted. */
  readonly sum: number
  readonly min: number
  readonly max: number
  /** How many fell into each bucket (not cumulative): one for each of {@link durationBounds}, and one for the rest. */
  readonly buckets: readonly number[]
}

/** The figures of one connection, or the sum of several. Everything counts from the moment `measure` was called. */
export interface MetricsSnapshot {
  /** Requests and handshakes that were begun. */
  readonly attempts: number
  /** How often a link was up, by the protocol agreed on. */
  readonly established: Counts
  /** Links that were lost, by error code. A close by either side is no loss. */
  readonly losses: Counts
  /** Attempts that failed, by error code. */
  readonly failedAttempts: Counts
  /** How often a lost connection came back by itself. */
  readonly recoveries: number
  /** How often a connection came to rest in `error`, by error code. */
  readonly gaveUp: Counts
  /** Messages handed to listeners. */
  readonly received: number
  /** Messages a transport has taken. */
  readonly sent: number
  /** Messages that were refused in either direction, by error code. A `send()` whose promise was rejected is not among them. */
  readonly refused: Counts
  /** How often history was gone and the stream went on. */
  readonly gaps: number
  /** Messages those gaps are known to have swallowed. */
  readonly lost: number
  /** How often each state was entered. */
  readonly entered: Counts
  /** Milliseconds spent in each state, the running one included. */
  readonly stateMs: Counts
  /** How many connections are in each state now; of a single connection each active state is there once. */
  readonly current: Counts
  readonly durations: Readonly<Record<DurationKind, DurationHistogram>>
}

/** Names and order of the parts, for whoever adds them up. */
export const countsOf = [
  'established',
  'losses',
  'failedAttempts',
  'gaveUp',
  'refused',
  'entered',
  'stateMs',
  'current',
] as const
export const totalsOf = ['attempts', 'recoveries', 'received', 'sent', 'gaps', 'lost'] as const
export const durationKinds = ['connect', 'recovery', 'connected'] as const satisfies readonly DurationKind[]
