/**
 * The connection chart: six states that say what a connection is doing. No I/O, no clock, no randomness of its own:
 * protocols are invoked as `dial` and `link`, time is the actor's clock, chance is folded into the context from outside.
 *
 * @module
 */
import { assign, cancel, emit, enqueueActions, raise, type SnapshotFrom, sendTo, setup } from 'xstate'
import { longestDelay } from '../src/connection/backoff.ts'
import type { ConnectionInput } from '../src/connection/settings.ts'
import { authorizeSource, dialSource, linkSource } from './connection-actors.ts'
import * as decide from './connection-decisions.ts'
import {
  type ConnectionContext,
  type ConnectionEmitted,
  type ConnectionEvent,
  type ConnectionOutput,
  failureOf,
  initialContext,
  linkOf,
  outputOf,
} from './connection-types.ts'

const closed = '#connection.closed'
const error = '#connection.error'
const waiting = '#connection.reconnecting.waiting'
const blocked = '#connection.reconnecting.blocked'

/** A link that came to nothing, before or after it was open. */
const failed = [
  { guard: 'over', target: closed, actions: ['endByPeer', 'sayDone'] },
  { guard: 'renewable', target: '#connection.reconnecting.authorizing', actions: 'noteFailure' },
  { guard: 'retryable', target: waiting, actions: 'noteFailure' },
  { target: error, actions: 'noteFailure' },
] as const

/** Time ran out: the same as a failure that somebody tells of. */
const connectTimeout = { actions: 'giveUpDialing' } as const

/** What ends a connection from any state in which it works. */
const ends = {
  close: [
    { guard: 'drains', actions: ['endByUser', 'startDraining'] },
    { target: closed, actions: 'endByUser' },
  ],
  'outbox.drained': { guard: 'closing', target: closed },
  'close.expired': closed,
  'total.expired': { target: error, actions: 'noteTotal' },
} as const

/** Whoever may send another request dials; whoever may not waits for it. */
const dial = [{ guard: 'admitted', target: '#connection.reconnecting.dialing' }, { target: blocked }] as const

const begin = [
  { guard: 'admitted', target: 'connecting', actions: ['startOver', 'startTotal'] },
  { target: blocked, actions: ['startOver', 'startTotal'] },
] as const

/** Reasons to doubt a link that seems to be alive. */
const doubts = {
  'page.wake': { guard: 'probeable', target: 'probing', actions: 'allowDoubt' },
  'page.visible': { guard: 'overdue', target: 'probing', actions: 'allowDoubt' },
  'network.online': { guard: 'probeable', target: 'probing', actions: 'allowDoubt' },
  'network.offline': { guard: 'probeable', target: 'probing', actions: 'allowDoubt' },
} as const

export const connectionMachine = setup({
  types: {
    context: {} as ConnectionContext,
    events: {} as ConnectionEvent,
    emitted: {} as ConnectionEmitted,
    input: {} as ConnectionInput,
    output: {} as ConnectionOutput,
    tags: {} as 'pending' | 'online' | 'degraded' | 'failed',
    children: {} as { dial: 'dial'; redial: 'dial'; link: 'link'; authorize: 'authorize' },
  },
  actors: { dial: dialSource, link: linkSource, authorize: authorizeSource },
  delays: {
    backoff: ({ context }) => context.delay,
    connectTimeout: ({ context }) => context.settings.connectTimeout,
    firstByteTimeout: ({ context }) => context.settings.firstByteTimeout,
    totalTimeout: ({ context }) => context.settings.totalTimeout,
    closeTimeout: ({ context }) => context.settings.closeTimeout,
    quiet: ({ context }) => decide.untilQuiet(context),
    probeTimeout: ({ context }) => context.patience,
    stableAfter: ({ context }) => context.settings.stableAfter,
    admission: ({ context }) => context.admission,
    offlineProbe: ({ context }) => context.settings.backoff.cap,
  },
  guards: {
    lazy: ({ context }) => context.settings.lazy,
    lazyAdmitted: ({ context }) => context.settings.lazy && context.admission <= 0,
    admitted: ({ context }) => context.admission <= 0,
    isOffline: ({ context }) => context.network === 'offline',
    rests: ({ context }) => context.settings.pauseWhenHidden && context.page === 'hidden',
    retryable: ({ context, event }) => decide.mayRetry(context, failureOf(event)),
    renewable: ({ context, event }) => decide.mayRenew(context, failureOf(event)),
    over: ({ context, event }) => decide.isOver(context, failureOf(event)),
    anyByteWanted: ({ context }) => context.settings.firstByteTimeout === longestDelay,
    idle: ({ context }) => decide.isIdle(context),
    silent: ({ context }) => decide.isSilent(context),
    answered: ({ context }) => context.answered,
    unanswered: ({ context }) => !context.answered,
    overslept: ({ context }) => !context.answered && decide.hasOverslept(context),
    unwatched: ({ context }) => !decide.isWatched(context),
    probeable: ({ context }) => decide.isProbeable(context),
    overdue: ({ context }) => decide.isOverdue(context),
    pauseWanted: ({ context }) => context.flow === 'paused',
    flowWanted: ({ context }) => context.flow === 'flowing',
    drains: ({ context, event }) =>
      event.type === 'close' && event.drain === true && context.ending === null && context.queued > 0,
    closing: ({ context }) => context.ending !== null,
    drained: ({ context }) => context.ending !== null && context.queued === 0,
  },
  actions: {
    /** A mark that `send` is taken here, so that `can({ type: 'send' })` tells the truth; the data plane does the queueing. */
    accept: () => {},
    startOver: assign({ attempt: 0, failingSince: null, failure: null, ending: null }),
    startTotal: enqueueActions(({ context, enqueue }) => {
      if (context.settings.totalTimeout === longestDelay) return
      enqueue.raise({ type: 'total.expired' }, { id: 'total', delay: 'totalTimeout' })
    }),
    startDraining: raise({ type: 'close.expired' }, { id: 'closing', delay: 'closeTimeout' }),
    stopTotal: cancel('total'),
    stopDraining: cancel('closing'),
    noteFailure: assign(({ context, event }) => decide.afterFailure(context, failureOf(event))),
    giveUpDialing: raise(({ context }) => decide.lostTo(context, 'connect_timeout')),
    giveUpMute: raise(({ context }) => decide.lostTo(context, 'first_byte_timeout')),
    giveUpIdle: raise(({ context }) => decide.lostTo(context, 'idle_timeout')),
    giveUpSilent: raise(({ context }) => decide.lostTo(context, 'silent')),
    noteTotal: assign(({ context }) => decide.afterFailure(context, decide.ranOut(context, 'total_timeout'))),
    noteLink: assign(({ context, event }) => ({
      established: context.established + 1,
      probe: linkOf(event)?.ping === undefined ? ('wait' as const) : ('ping' as const),
    })),
    noteStable: assign(({ context }) => decide.afterStability(context)),
    noteRenewal: assign({ credential: 'renewed' }),
    drawAgain: assign(({ context }) => decide.redrawn(context)),
    allowSilence: assign(({ context }) => ({ patience: decide.patienceWithSilence(context) })),
    allowDoubt: assign(({ context }) => ({ patience: decide.patienceInDoubt(context) })),
    wantPause: assign({ flow: 'paused' }),
    wantFlow: assign({ flow: 'flowing' }),
    endByPeer: assign({ ending: { reason: 'done' } }),
    endByUser: assign(({ event }) => ({ ending: decide.endingOf(event) })),
    ping: sendTo('link', { type: 'ping' }),
    noteProbe: assign(({ context }) => ({ probedAt: context.now })),
    sayConnecting: emit(({ context }) => ({ type: 'connecting', attempt: context.attempt })),
    sayConnected: emit(({ event }) => ({ type: 'connected', protocol: linkOf(event)?.protocol ?? '' })),
    sayReconnecting: emit(({ context: { attempt, delay, failure } }) => ({
      type: 'reconnecting',
      attempt,
      delay,
      error: failure,
    })),
    sayDone: emit({ type: 'done' }),
    sayError: emit(({ context }) => ({ type: 'error', error: decide.restingFailure(context) })),
    sayClosed: emit(({ context }) => ({ type: 'closed', ...outputOf(context) })),
  },
}).createMachine({
  id: 'connection',
  context: ({ input }) => initialContext(input),
  initial: 'idle',
  output: ({ context }) => outputOf(context),
  on: {
    pause: { actions: 'wantPause' },
    resume: { actions: 'wantFlow' },
  },
  states: {
    idle: {
      on: {
        connect: begin,
        send: [
          { guard: 'lazyAdmitted', target: 'connecting', actions: 'startTotal' },
          { guard: 'lazy', target: blocked, actions: 'startTotal' },
          { actions: 'accept' },
        ],
        close: { target: 'closed', actions: 'endByUser' },
      },
    },

    connecting: {
      tags: 'pending',
      entry: 'sayConnecting',
      invoke: {
        id: 'dial',
        src: 'dial',
        input: ({ context, self }) => ({ connection: self, position: context.position, attempt: context.attempt }),
        onDone: { target: 'connected' },
        onError: failed,
      },
      after: { connectTimeout },
      on: { 'link.lost': failed, send: { actions: 'accept' }, ...ends },
    },

    connected: {
      tags: 'online',
      type: 'parallel',
      entry: ['noteLink', 'sayConnected'],
      invoke: {
        id: 'link',
        src: 'link',
        input: ({ event, self }) => ({ connection: self, link: linkOf(event) }),
        onError: { target: 'error', actions: 'noteFailure' },
      },
      after: { stableAfter: { actions: 'noteStable' } },
      on: {
        'link.ended': { target: 'closed', actions: ['endByPeer', 'sayDone'] },
        'link.lost': failed,
        send: { actions: 'accept' },
        ...ends,
      },
      states: {
        flow: {
          initial: 'flowing',
          states: {
            flowing: {
              always: [
                { guard: 'closing', target: 'draining' },
                { guard: 'pauseWanted', target: 'paused' },
              ],
            },
            paused: {
              always: [
                { guard: 'closing', target: 'draining' },
                { guard: 'flowWanted', target: 'flowing' },
              ],
            },
            // What waits is sent, nothing new is taken. What comes in is handed over or held back as before.
            draining: {},
          },
        },
        liveness: {
          initial: 'unheard',
          states: {
            unheard: {
              always: { guard: 'anyByteWanted', target: 'alive' },
              after: {
                firstByteTimeout: [{ guard: 'unanswered', actions: 'giveUpMute' }, { target: 'alive' }],
                quiet: [
                  { guard: 'silent', target: 'probing', actions: 'allowSilence' },
                  { guard: 'answered', target: 'alive' },
                ],
              },
              on: doubts,
            },
            unwatched: { on: doubts },
            alive: {
              always: { guard: 'unwatched', target: 'unwatched' },
              after: {
                quiet: [
                  { guard: 'idle', actions: 'giveUpIdle' },
                  { guard: 'silent', target: 'probing', actions: 'allowSilence' },
                  { target: 'alive', reenter: true },
                ],
              },
              on: doubts,
            },
            probing: {
              tags: 'degraded',
              entry: 'ping',
              after: { probeTimeout: [{ guard: 'unanswered', target: 'confirming' }, { target: 'alive' }] },
            },
            confirming: {
              tags: 'degraded',
              entry: ['noteProbe', 'ping'],
              after: {
                probeTimeout: [
                  { guard: 'overslept', target: 'confirming', reenter: true },
                  { guard: 'unanswered', actions: 'giveUpSilent' },
                  { target: 'alive' },
                ],
              },
            },
          },
        },
      },
    },

    reconnecting: {
      tags: ['pending', 'degraded'],
      initial: 'waiting',
      on: { send: { actions: 'accept' }, ...ends },
      states: {
        waiting: {
          entry: 'sayReconnecting',
          always: [
            { guard: 'drained', target: closed },
            { guard: 'isOffline', target: 'offline' },
            { guard: 'rests', target: 'hidden' },
          ],
          after: { backoff: dial },
          on: {
            retry: dial,
            restored: { target: 'waiting', reenter: true, actions: 'startTotal' },
            'breaker.opened': 'blocked',
          },
        },
        // A hint only: it may be wrong, so that one attempt is made now and then all the same.
        offline: {
          after: { offlineProbe: dial },
          on: { 'network.online': dial, retry: dial },
        },
        hidden: { on: { 'page.visible': dial, 'page.wake': dial, retry: dial } },
        blocked: {
          after: {
            admission: [
              { guard: 'admitted', target: 'dialing' },
              { target: 'blocked', reenter: true },
            ],
          },
          on: { 'breaker.closed': { target: 'waiting', actions: 'drawAgain' } },
        },
        authorizing: {
          entry: ['noteRenewal', 'sayReconnecting'],
          invoke: {
            id: 'authorize',
            src: 'authorize',
            input: ({ self }) => ({ connection: self }),
            onDone: dial,
            onError: { target: error, actions: 'noteFailure' },
          },
        },
        dialing: {
          invoke: {
            id: 'redial',
            src: 'dial',
            input: ({ context, self }) => ({ connection: self, position: context.position, attempt: context.attempt }),
            onDone: '#connection.connected',
            onError: failed,
          },
          after: { connectTimeout },
          on: { 'link.lost': failed },
        },
      },
    },

    error: {
      tags: 'failed',
      entry: ['stopTotal', 'stopDraining', 'sayError'],
      always: { guard: 'closing', target: 'closed' },
      on: {
        connect: begin,
        close: { target: 'closed', actions: 'endByUser' },
      },
    },

    closed: {
      type: 'final',
      entry: ['stopTotal', 'stopDraining', 'sayClosed'],
    },
  },
})

/** The chart itself, before a data plane wraps it. */
export type ConnectionMachine = typeof connectionMachine

/** A snapshot of the chart. */
export type ConnectionSnapshot = SnapshotFrom<ConnectionMachine>

/** The top-level state a connection is in. */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'error' | 'closed'

/**
 * The top-level name of the state, so that nobody has to take a nested value apart.
 *
 * @example
 * connection.subscribe((snapshot) => render(stateOf(snapshot)))
 */
export function stateOf(snapshot: { readonly value: ConnectionSnapshot['value'] }): ConnectionState {
  return typeof snapshot.value === 'string' ? snapshot.value : (Object.keys(snapshot.value)[0] as ConnectionState)
}
