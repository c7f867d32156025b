/**
 * What the application does with its connection.
 *
 * @module
 */
import { afterDial, sameOrLost } from './model.ts'
import { dialled, isLive, isWorking, lost, type Row, row } from './row.ts'

export const ownCommands: readonly Row<unknown>[] = [
  row({
    name: 'connect',
    weight: 12,
    run: (world) => {
      if (world.state === 'closed') world.renew()
      world.say({ type: 'connect' })
    },
    leads: (model) => (isWorking(model) ? sameOrLost(model) : afterDial({ ...model, draining: false })),
  }),
  row({ name: 'close', when: isLive, run: (world) => world.say({ type: 'close' }), leads: () => ['closed'] }),
  row({
    name: 'close with drain',
    when: isLive,
    run: (world) => {
      world.model.draining = true
      world.say({ type: 'close', drain: true })
    },
    leads: (model) => [...lost(model), 'closed'],
  }),
  row({ name: 'send', weight: 3, run: (world) => world.application.send(world.actor, '') }),
  row({
    name: 'send something big',
    weight: 2,
    run: (world) => world.application.send(world.actor, 'x'.repeat(150_000)),
  }),
  row({ name: 'send too much', run: (world) => world.application.send(world.actor, 'x'.repeat(1_200_000)) }),
  row({
    name: 'send and give it up',
    run: (world) => {
      const controller = new AbortController()
      world.application.send(world.actor, '', controller.signal)
      controller.abort()
    },
  }),
  row({
    name: 'pause',
    when: isLive,
    run: (world) => {
      world.model.flow = 'paused'
      world.say({ type: 'pause' })
    },
  }),
  row({
    name: 'resume',
    weight: 5,
    when: isLive,
    run: (world) => {
      world.model.flow = 'flowing'
      world.say({ type: 'resume' })
    },
    // Who did not read for long may have left a question of the server's unanswered, and hears of the consequence now.
    leads: lost,
  }),
  row({ name: 'retry', weight: 5, when: isLive, run: (world) => world.say({ type: 'retry' }), leads: dialled }),
]
