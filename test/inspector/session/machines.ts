/**
 * Small machines that do what large ones do.
 *
 * @module
 */
import { fromPromise, setup } from 'xstate'

/** Tries, waits, tries again; a region beside it counts. */
export const retrying = setup({
  types: { events: {} as { type: 'go' | 'lost' | 'retry' | 'stop' | 'tick' } },
  delays: { backoff: 900 },
}).createMachine({
  id: 'retrying',
  initial: 'idle',
  states: {
    idle: { on: { go: 'trying' } },
    trying: { tags: 'pending', after: { 5000: 'waiting' }, on: { lost: 'waiting', go: 'online' } },
    online: {
      tags: 'online',
      type: 'parallel',
      on: { lost: 'waiting', stop: 'over' },
      states: {
        flow: {
          initial: 'flowing',
          states: { flowing: { on: { tick: 'paused' } }, paused: { on: { tick: 'flowing' } } },
        },
        liveness: { initial: 'alive', states: { alive: {} } },
      },
    },
    waiting: { tags: ['pending', 'degraded'], after: { backoff: 'trying' }, on: { retry: 'trying', stop: 'over' } },
    over: { type: 'final' },
  },
})

/** Invokes, and ends by the answer. */
export const asking = setup({ actors: { ask: fromPromise(async () => 42) } }).createMachine({
  id: 'asking',
  initial: 'asked',
  states: {
    asked: { invoke: { id: 'ask', src: 'ask', onDone: 'answered', onError: 'refused' } },
    answered: {},
    refused: {},
  },
})
