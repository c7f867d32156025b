/**
 * What time, the page and the neighbours do.
 *
 * @module
 */
import { integer, oneof } from 'fast-check'
import { stopAndRestore, walk } from './courses.ts'
import { afterTime, sameOrLost } from './model.ts'
import { dialled, isLive, isRetrying, isWorking, lost, type Row, row } from './row.ts'

const seconds = integer({ min: 100, max: 90_000 })
const minutes = integer({ min: 90_000, max: 1_800_000 })
const hours = integer({ min: 3_600_000, max: 4 * 3_600_000 })
const lengths = oneof(
  { weight: 20, arbitrary: seconds },
  { weight: 4, arbitrary: minutes },
  { weight: 1, arbitrary: hours },
)

export const worldCommands: readonly Row<unknown>[] = [
  row({
    name: 'let time pass',
    weight: 12,
    values: lengths,
    run: (world, milliseconds) => walk(world, milliseconds),
    leads: afterTime,
  }),
  row({
    name: 'online',
    weight: 2,
    run: ({ platform }) => platform.say({ type: 'network', network: 'online' }),
    leads: dialled,
  }),
  row({ name: 'offline', run: ({ platform }) => platform.say({ type: 'network', network: 'offline' }) }),
  row({
    name: 'visible',
    weight: 2,
    run: ({ platform }) => platform.say({ type: 'page', page: 'visible' }),
    leads: dialled,
  }),
  row({ name: 'hidden', run: ({ platform }) => platform.say({ type: 'page', page: 'hidden' }) }),
  row({ name: 'wake', weight: 2, run: ({ platform }) => platform.say({ type: 'slept' }), leads: dialled }),
  row({
    name: 'freeze and thaw',
    run: ({ platform }) => {
      platform.say({ type: 'frozen' })
      platform.say({ type: 'resumed' })
    },
    leads: dialled,
  }),
  row({
    name: 'stop, and restore what was kept',
    weight: 3,
    when: isLive,
    run: (world) => stopAndRestore(world),
    // What was to be sent is lost with the page, so that nothing is left to drain.
    leads: (model) =>
      isWorking(model) ? ['reconnecting', ...(model.draining ? (['closed'] as const) : [])] : [model.state],
  }),
  row({
    name: 'iterate slowly',
    weight: 5,
    when: (model, world) => isWorking(model) && world.application.reader === null,
    run: ({ actor, application }) => application.iterate(actor),
  }),
  row({
    name: 'take from the iterator',
    weight: 10,
    when: (_, world) => world.application.reader !== null,
    run: ({ application }) => application.reader?.take(),
    leads: lost,
  }),
  row({
    name: 'leave the iterator',
    weight: 3,
    when: (_, world) => world.application.reader !== null,
    run: ({ application }) => application.leave(),
    leads: lost,
  }),
  row({
    name: 'open the breaker',
    run: ({ breaker }) => {
      for (let count = 0; count < 5; count++) breaker?.send({ type: 'failure' })
    },
  }),
  row({ name: 'close the breaker', run: ({ breaker }) => breaker?.send({ type: 'success' }), leads: dialled }),
  row({
    name: 'open a second connection',
    when: (_, world) => world.second === null,
    run: (world) => world.openSecond(),
  }),
  row({
    name: 'close the second connection',
    when: (_, world) => world.second !== null,
    run: (world) => world.closeSecond(),
  }),
  row({
    name: 'a new credential',
    weight: 12,
    when: (_, world) => world.credentials.length > 0,
    run: (world) => world.credentials.shift()?.resolve(),
    leads: dialled,
  }),
  row({
    name: 'no new credential',
    weight: 4,
    when: (_, world) => world.credentials.length > 0,
    run: (world) => world.credentials.shift()?.reject(new Error('no')),
    leads: (model) => (isRetrying(model) ? ['error', ...lost(model)] : sameOrLost(model)),
  }),
]
