/**
 * The environment chart: what the platform says about network, page and sleep, calmed down for connections. One actor serves a
 * whole page. A network that flaps ten times a second (wire.md F23) is said at most once a second, the last word always.
 *
 * @module
 */
import { assign, emit, fromCallback, setup } from 'xstate'
import type {
  EnvironmentContext,
  EnvironmentEmitted,
  EnvironmentInput,
  EnvironmentSignal,
} from './environment-types.ts'

export const environmentMachine = setup({
  types: {
    context: {} as EnvironmentContext,
    events: {} as EnvironmentSignal,
    emitted: {} as EnvironmentEmitted,
    input: {} as EnvironmentInput,
  },
  actors: { signals: fromCallback<EnvironmentSignal>(() => {}) },
  delays: { settle: 1_000 },
  guards: {
    another: ({ context }) => context.network !== context.told,
  },
  actions: {
    noteNetwork: assign(({ context, event }) => ({
      network: event.type === 'network' ? event.network : context.network,
    })),
    tellNetwork: emit(({ context }) => ({ type: `network.${context.network}` as const })),
    noteTold: assign(({ context }) => ({ told: context.network })),
    notePage: assign(({ context, event }) => ({ page: event.type === 'page' ? event.page : context.page })),
    tellPage: emit(({ context }) => ({ type: `page.${context.page}` as const })),
    tellWake: emit({ type: 'page.wake' }),
  },
}).createMachine({
  id: 'environment',
  context: ({ input }) => ({ ...input, told: input.network }),
  type: 'parallel',
  invoke: { src: 'signals' },
  states: {
    network: {
      initial: 'steady',
      states: {
        steady: {
          on: { network: { target: 'settling', actions: ['noteNetwork', 'noteTold', 'tellNetwork'] } },
        },
        settling: {
          on: { network: { actions: 'noteNetwork' } },
          after: {
            settle: [
              { guard: 'another', target: 'settling', reenter: true, actions: ['noteTold', 'tellNetwork'] },
              { target: 'steady' },
            ],
          },
        },
      },
    },
    page: {
      initial: 'running',
      states: {
        running: {
          on: {
            page: { actions: ['notePage', 'tellPage'] },
            focus: { actions: 'tellPage' },
            frozen: 'frozen',
            slept: { actions: 'tellWake' },
          },
        },
        frozen: {
          on: {
            page: { actions: 'notePage' },
            resumed: { target: 'running', actions: ['tellPage', 'tellWake'] },
          },
        },
      },
    },
  },
})
