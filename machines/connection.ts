/**
 * The connection chart: six states that say what a connection is doing. No I/O, no clock, no randomness of its own:
 * protocols are invoked as `dial` and `link`, time is the actor's clock, chance is folded into the context from outside.
 *
 * @module
 */
import { assign, emit, type SnapshotFrom, sendTo, setup } from 'xstate'
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
    heartbeatInterval: ({ context }) => decide.untilSilent(context),
    heartbeatTimeout: ({ context }) => context.settings.heartbeatInterval,
    stableAfter: ({ context }) => context.settings.stableAfter,
  },
  guards: {
    lazy: ({ context }) => context.settings.lazy,
    retryable: ({ context, event }) => decide.mayRetry(context, failureOf(event)),
    renewable: ({ context, event }) => decide.mayRenew(context, failureOf(event)),
    over: ({ context, event }) => decide.isOver(context, failureOf(event)),
    timeoutRetryable: ({ context }) => decide.mayRetry(context, decide.timedOut(context)),
    silenceRetryable: ({ context }) => decide.isSilent(context) && decide.mayRetry(context, decide.wentSilent(context)),
    silent: ({ context }) => decide.isSilent(context),
    pauseWanted: ({ context }) => context.flow === 'paused',
    flowWanted: ({ context }) => context.flow === 'flowing',
  },
  actions: {
    /** A mark that `send` is taken here, so that `can({ type: 'send' })` tells the truth; the data plane does the queueing. */
    accept: () => {},
    startOver: assign({ attempt: 0, failure: null, ending: null }),
    noteFailure: assign(({ context, event }) => decide.afterFailure(context, failureOf(event))),
    noteTimeout: assign(({ context }) => decide.afterFailure(context, decide.timedOut(context))),
    noteSilence: assign(({ context }) => decide.afterFailure(context, decide.wentSilent(context))),
    noteLink: assign(({ context }) => ({ established: context.established + 1 })),
    noteStable: assign(({ context }) => decide.afterStability(context)),
    noteRenewal: assign({ credential: 'renewed' }),
    wantPause: assign({ flow: 'paused' }),
    wantFlow: assign({ flow: 'flowing' }),
    endByPeer: assign({ ending: { reason: 'done' } }),
    endByUser: assign(({ event }) => ({ ending: decide.endingOf(event) })),
    ping: sendTo('link', { type: 'ping' }),
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
        connect: 'connecting',
        send: [{ guard: 'lazy', target: 'connecting' }, { actions: 'accept' }],
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
        onError: [
          { guard: 'over', target: 'closed', actions: ['endByPeer', 'sayDone'] },
          { guard: 'renewable', target: 'reconnecting.authorizing', actions: 'noteFailure' },
          { guard: 'retryable', target: 'reconnecting', actions: 'noteFailure' },
          { target: 'error', actions: 'noteFailure' },
        ],
      },
      after: {
        connectTimeout: [
          { guard: 'timeoutRetryable', target: 'reconnecting', actions: 'noteTimeout' },
          { target: 'error', actions: 'noteTimeout' },
        ],
      },
      on: {
        send: { actions: 'accept' },
        close: { target: 'closed', actions: 'endByUser' },
      },
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
        'link.lost': [
          { guard: 'over', target: 'closed', actions: ['endByPeer', 'sayDone'] },
          { guard: 'renewable', target: 'reconnecting.authorizing', actions: 'noteFailure' },
          { guard: 'retryable', target: 'reconnecting', actions: 'noteFailure' },
          { target: 'error', actions: 'noteFailure' },
        ],
        send: { actions: 'accept' },
        close: { target: 'closed', actions: 'endByUser' },
      },
      states: {
        flow: {
          initial: 'flowing',
          states: {
            flowing: { always: { guard: 'pauseWanted', target: 'paused' } },
            paused: { always: { guard: 'flowWanted', target: 'flowing' } },
          },
        },
        liveness: {
          initial: 'alive',
          states: {
            alive: {
              after: {
                heartbeatInterval: [
                  { guard: 'silent', target: 'probing' },
                  { target: 'alive', reenter: true },
                ],
              },
              on: { 'page.wake': 'probing' },
            },
            probing: {
              tags: 'degraded',
              entry: 'ping',
              after: {
                heartbeatTimeout: [
                  { guard: 'silenceRetryable', target: '#connection.reconnecting', actions: 'noteSilence' },
                  { guard: 'silent', target: '#connection.error', actions: 'noteSilence' },
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
      on: {
        send: { actions: 'accept' },
        close: { target: 'closed', actions: 'endByUser' },
      },
      states: {
        waiting: {
          entry: 'sayReconnecting',
          after: { backoff: 'dialing' },
          on: {
            retry: 'dialing',
            restored: { target: 'waiting', reenter: true },
            'network.offline': 'offline',
            'page.hidden': 'hidden',
            'breaker.opened': 'blocked',
          },
        },
        offline: { on: { 'network.online': 'dialing', retry: 'dialing' } },
        hidden: { on: { 'page.visible': 'dialing', retry: 'dialing' } },
        blocked: { on: { 'breaker.closed': 'dialing' } },
        authorizing: {
          entry: ['noteRenewal', 'sayReconnecting'],
          invoke: {
            id: 'authorize',
            src: 'authorize',
            input: ({ self }) => ({ connection: self }),
            onDone: 'dialing',
            onError: { target: '#connection.error', actions: 'noteFailure' },
          },
        },
        dialing: {
          invoke: {
            id: 'redial',
            src: 'dial',
            input: ({ context, self }) => ({ connection: self, position: context.position, attempt: context.attempt }),
            onDone: '#connection.connected',
            onError: [
              { guard: 'over', target: '#connection.closed', actions: ['endByPeer', 'sayDone'] },
              { guard: 'renewable', target: 'authorizing', actions: 'noteFailure' },
              { guard: 'retryable', target: 'waiting', actions: 'noteFailure' },
              { target: '#connection.error', actions: 'noteFailure' },
            ],
          },
          after: {
            connectTimeout: [
              { guard: 'timeoutRetryable', target: 'waiting', actions: 'noteTimeout' },
              { target: '#connection.error', actions: 'noteTimeout' },
            ],
          },
        },
      },
    },

    error: {
      tags: 'failed',
      entry: 'sayError',
      on: {
        connect: { target: 'connecting', actions: 'startOver' },
        close: { target: 'closed', actions: 'endByUser' },
      },
    },

    closed: {
      type: 'final',
      entry: 'sayClosed',
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
