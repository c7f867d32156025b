/**
 * The ways in which the chart is set up, so that every guard is seen from both sides, and what is driven in each.
 *
 * @module
 */
import type { ConnectionSnapshot } from '../../machines/connection.ts'
import { longestDelay } from '../../src/connection/backoff.ts'
import type { ConnectionInput } from '../../src/connection/settings.ts'
import { simulatedPool } from '../../src/testing/environment.ts'
import { type FailureClass, type ModelEvent, simulatedEnvironment } from '../../src/testing/index.ts'
import { failures } from '../../src/testing/model-events.ts'

export interface Setup {
  readonly input: ConnectionInput
  /** What is left out here, because another set-up walks it already. */
  readonly drives?: ((event: ModelEvent, snapshot: ConnectionSnapshot) => boolean) | undefined
  /** What happens beside what the chart of an idle user knows. */
  readonly events?: ((snapshot: ConnectionSnapshot) => readonly ModelEvent[]) | undefined
  /** Whether `link.lost` is said by the app, instead of brought about by the server. */
  readonly told?: boolean | undefined
}

/** Out of the way: a timer that no walk waits for. */
const never = longestDelay / 2

const drain: ModelEvent = { type: 'close', drain: true, queued: 1 }

function isWorking(snapshot: ConnectionSnapshot): boolean {
  return snapshot.hasTag('pending') || snapshot.hasTag('online')
}

function draining(snapshot: ConnectionSnapshot): readonly ModelEvent[] {
  if (snapshot.context.ending !== null) return restoring(snapshot)
  return isWorking(snapshot) ? [drain] : []
}

function restoring(snapshot: ConnectionSnapshot): readonly ModelEvent[] {
  return snapshot.matches({ reconnecting: 'waiting' }) ? [{ type: 'restored' }] : []
}

function losing(snapshot: ConnectionSnapshot): readonly ModelEvent[] {
  if (!isWorking(snapshot)) return []
  return Object.entries(failures).map(([failure, error]) => ({
    type: 'link.lost',
    failure: failure as FailureClass,
    error,
  }))
}

const about =
  (wanted: RegExp, classes = /^retry$/) =>
  ({ failure = 'retry', type }: ModelEvent): boolean =>
    wanted.test(type) && classes.test(failure)

/** Where there is no page, nothing is heard of one. */
function withoutSurroundings({ type }: ModelEvent): boolean {
  return !/^(network|page)\./.test(type)
}

const dials = 'connect$|retry|xstate|link\\.lost'

export const setups: Readonly<Record<string, Setup>> = {
  'watched, with a renewable credential and two retries': {
    input: { maxAttempts: 2, heartbeatInterval: 1_000, stableAfter: never, authorize: async () => {} },
    drives: withoutSurroundings,
  },
  'lazy and unwatched, with a fixed credential': { input: { lazy: true, maxAttempts: 1 }, drives: withoutSurroundings },
  'without a second try': { input: { maxAttempts: 0 }, drives: withoutSurroundings },
  'paused before it connects': {
    input: { maxAttempts: 0, startPaused: true, heartbeatInterval: 1_000, stableAfter: never },
    drives: about(/^(connect$|pause|resume|xstate)/, /^(retry|done)$/),
  },
  'with a time for the first byte': {
    input: { maxAttempts: 1, firstByteTimeout: 500, stableAfter: never },
    drives: about(new RegExp(`^(${dials}|pause|resume|close$)`), /^(retry|stop)$/),
  },
  'with a time for the first byte that is longer than a heartbeat': {
    input: {
      maxAttempts: 0,
      firstByteTimeout: 5_000,
      heartbeatInterval: 1_000,
      stableAfter: never,
      environment: simulatedEnvironment(),
    },
    drives: about(/^(connect$|link\.lost|network|page|xstate)/),
  },
  'with a time for each byte': {
    input: { maxAttempts: 1, idleTimeout: 2_000, stableAfter: never },
    drives: about(new RegExp(`^(${dials}|pause|resume)`)),
  },
  'with a time for everything': {
    input: { maxAttempts: 1, totalTimeout: 100, authorize: async () => {} },
    drives: about(new RegExp(`^(${dials}|pause|resume|total)`), /^(retry|refresh-token)$/),
  },
  'within a page, resting while hidden': {
    input: { maxAttempts: 1, pauseWhenHidden: true, environment: simulatedEnvironment() },
    drives: about(new RegExp(`^(${dials}|network|page)`)),
  },
  'watched within a page': {
    input: { maxAttempts: 0, heartbeatInterval: 10_000, stableAfter: never, environment: simulatedEnvironment() },
    drives: about(/^(connect$|link\.lost|network|page|xstate)/),
  },
  'in a pool that holds back': {
    input: { lazy: true, maxAttempts: 1, authorize: async () => {}, pool: simulatedPool() },
    drives: about(/^(connect$|send|retry|xstate(?!.*stableAfter)|link\.lost|breaker)/, /^(retry|refresh-token)$/),
  },
  'in a pool that holds back, within a page': {
    input: { maxAttempts: 1, pauseWhenHidden: true, environment: simulatedEnvironment(), pool: simulatedPool() },
    drives: (event, snapshot) =>
      about(new RegExp(`^(${dials}|network|page)`))(event) &&
      (snapshot.matches('reconnecting') || !/network|page|stableAfter/.test(event.type)),
  },
  'draining for as long as it takes': {
    input: { maxAttempts: 1, closeTimeout: never, stableAfter: longestDelay },
    events: draining,
    drives: (event) => withoutSurroundings(event) && event.type !== 'send' && event.type !== 'resume',
  },
  'draining for a moment': {
    input: { maxAttempts: 1, closeTimeout: 10 },
    events: draining,
    drives: about(/^(connect$|close|retry|restored|xstate|link\.lost)/),
  },
  'told by the app that its link is lost, or restored from a snapshot': {
    input: { maxAttempts: 1, authorize: async () => {} },
    told: true,
    events: (snapshot) => [...losing(snapshot), ...restoring(snapshot)],
    drives: about(/^(connect$|link\.lost|restored|xstate)/, /./),
  },
}
