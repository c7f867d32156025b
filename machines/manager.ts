/**
 * The manager chart: what a manager of connections does, and how it is. It spawns nothing: a machine that spawns its connections
 * copies the list of them each time one comes or goes, so they are root actors in a registry that the one child, `children`, owns.
 *
 * @module
 */
import {
  assign,
  type CallbackActorLogic,
  type EventObject,
  emit,
  enqueueActions,
  forwardTo,
  fromCallback,
  sendTo,
  setup,
} from 'xstate'
import {
  initialManagerContext,
  type ManagerContext,
  type ManagerEmitted,
  type ManagerEvent,
  type ManagerInput,
  type ManagerOutput,
  managerOutputOf,
} from './manager-types.ts'

/** Where the connections are; the manager itself is its input. Nothing, until an implementation is provided. */
const childrenSource: CallbackActorLogic<EventObject, object> = fromCallback(() => {})

export const managerMachine = setup({
  types: {
    context: {} as ManagerContext,
    events: {} as ManagerEvent,
    emitted: {} as ManagerEmitted,
    input: {} as ManagerInput,
    output: {} as ManagerOutput,
    tags: {} as 'accepting' | 'degraded',
    children: {} as { children: 'children' },
  },
  actors: { children: childrenSource },
  guards: {
    empty: ({ context }) => context.open === 0,
    ailing: ({ context }) => context.troubled > context.open * context.tolerance,
    well: ({ context }) => context.troubled <= context.open * context.tolerance,
  },
  actions: {
    /** What is asked for goes to where the connections are. An action of its own could not start actors without XState's warning. */
    handOn: forwardTo('children'),
    refuse: sendTo('children', ({ event }) => ({ type: 'refuse', order: event })),
    startOver: assign(({ context: { tolerance } }) => initialManagerContext({ tolerance })),
    noteOpened: assign(({ context }) => ({ open: context.open + 1, opened: context.opened + 1 })),
    noteClosed: assign(({ context }) => ({ open: context.open - 1, closed: context.closed + 1 })),
    noteTroubled: assign(({ context }) => ({ troubled: context.troubled + 1 })),
    noteMended: assign(({ context }) => ({ troubled: context.troubled - 1 })),
    noteRestarted: assign(({ context }) => ({ restarted: context.restarted + 1 })),
    noteGaveUp: assign(({ context }) => ({ gaveUp: context.gaveUp + 1 })),
    noteRefused: assign(({ context }) => ({ refused: context.refused + 1 })),
    /** `child.opened` is said as `opened`, with the same facts. */
    say: enqueueActions(({ enqueue, event }) => {
      enqueue.emit({ ...event, type: event.type.slice('child.'.length) } as ManagerEmitted)
    }),
    sayDegraded: emit(({ context: { open, troubled } }) => ({ type: 'degraded', open, troubled })),
    sayRecovered: emit({ type: 'recovered' }),
  },
}).createMachine({
  id: 'manager',
  context: ({ input }) => initialManagerContext(input),
  initial: 'running',
  output: ({ context }) => managerOutputOf(context),
  states: {
    running: {
      type: 'parallel',
      invoke: { id: 'children', src: 'children', input: ({ self }) => self },
      on: {
        close: { actions: 'handOn' },
        closeAll: { actions: 'handOn' },
        // Nothing survives a restart of the manager itself, so neither do the counts.
        'children.started': { actions: 'startOver' },
        'child.opened': { actions: ['noteOpened', 'say'] },
        'child.closed': { actions: ['noteClosed', 'say'] },
        'child.troubled': { actions: 'noteTroubled' },
        'child.mended': { actions: 'noteMended' },
        'child.restarted': { actions: ['noteRestarted', 'say'] },
        'child.gaveUp': { actions: ['noteGaveUp', 'say'] },
        'child.refused': { actions: ['noteRefused', 'say'] },
      },
      states: {
        doors: {
          initial: 'accepting',
          states: {
            accepting: {
              tags: 'accepting',
              on: { open: { actions: 'handOn' }, drain: 'draining' },
            },
            draining: {
              entry: 'handOn',
              always: { guard: 'empty', target: '#manager.closed' },
              on: { open: { actions: 'refuse' } },
            },
          },
        },
        health: {
          initial: 'healthy',
          states: {
            healthy: { always: { guard: 'ailing', target: 'degraded' } },
            degraded: {
              tags: 'degraded',
              entry: 'sayDegraded',
              exit: 'sayRecovered',
              always: { guard: 'well', target: 'healthy' },
            },
          },
        },
      },
    },

    closed: { type: 'final' },
  },
})

/** The chart itself, before a registry does what it asks for. */
export type ManagerMachine = typeof managerMachine
