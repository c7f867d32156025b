/**
 * The circuit breaker chart: one per origin, shared by a pool. While it is open nobody dials; then one connection tries for all.
 *
 * @module
 */
import { assign, emit, setup } from 'xstate'

export interface BreakerInput {
  /** Failures in a row that open it. */
  readonly threshold: number
  /** How long it stays open at first, in milliseconds; doubled by each failed trial. */
  readonly cooldown: number
  /** The longest it stays open, in milliseconds. */
  readonly longestCooldown: number
  /** How long a trial may take before another connection may try, in milliseconds. */
  readonly trialTimeout: number
}

export interface BreakerContext extends BreakerInput {
  /** Failures in a row. */
  readonly failures: number
  /** How often it opened in a row. */
  readonly opened: number
}

export type BreakerEvent = { readonly type: 'attempt' } | { readonly type: 'success' } | { readonly type: 'failure' }

export type BreakerEmitted = { readonly type: 'breaker.opened' } | { readonly type: 'breaker.closed' }

/** How long the breaker stays open this time. */
export function cooldownOf({ cooldown, longestCooldown, opened }: BreakerContext): number {
  return Math.min(longestCooldown, cooldown * 2 ** Math.max(0, opened - 1))
}

export const breakerMachine = setup({
  types: {
    context: {} as BreakerContext,
    events: {} as BreakerEvent,
    emitted: {} as BreakerEmitted,
    input: {} as BreakerInput,
  },
  delays: {
    cooldown: ({ context }) => cooldownOf(context),
    trialTimeout: ({ context }) => context.trialTimeout,
  },
  guards: {
    lastStraw: ({ context }) => context.failures + 1 >= context.threshold,
  },
  actions: {
    noteFailure: assign(({ context }) => ({ failures: context.failures + 1 })),
    noteOpening: assign(({ context }) => ({ failures: 0, opened: context.opened + 1 })),
    noteSuccess: assign({ failures: 0, opened: 0 }),
    sayOpened: emit({ type: 'breaker.opened' }),
    sayClosed: emit({ type: 'breaker.closed' }),
  },
}).createMachine({
  id: 'breaker',
  context: ({ input }) => ({ ...input, failures: 0, opened: 0 }),
  initial: 'closed',
  states: {
    closed: {
      on: {
        success: { actions: 'noteSuccess' },
        failure: [{ guard: 'lastStraw', target: 'open' }, { actions: 'noteFailure' }],
      },
    },
    open: {
      entry: ['noteOpening', 'sayOpened'],
      after: { cooldown: 'halfOpen' },
      on: {
        // A connection that was dialling already has come through.
        success: { target: 'closed', actions: ['noteSuccess', 'sayClosed'] },
      },
    },
    halfOpen: {
      initial: 'ready',
      on: {
        success: { target: 'closed', actions: ['noteSuccess', 'sayClosed'] },
        failure: 'open',
      },
      states: {
        ready: { on: { attempt: 'trying' } },
        trying: { after: { trialTimeout: 'ready' } },
      },
    },
  },
})
