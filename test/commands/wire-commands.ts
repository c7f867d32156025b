/**
 * What the server and the network do.
 *
 * @module
 */
import { constantFrom, integer } from 'fast-check'
import { answers } from './answers.ts'
import { insist } from './courses.ts'
import { afterDial, refusals, refused, sameOrLost } from './model.ts'
import { torn } from './origin.ts'
import {
  canWrite,
  dialled,
  isCarrying,
  isLive,
  isRetrying,
  isSilent,
  isUp,
  isWorking,
  lineOf,
  lost,
  type Row,
  row,
} from './row.ts'
import type { World } from './world.ts'

function write(world: World, count: number): void {
  const { model, origin } = world
  const entries = Array.from({ length: count }, () => {
    model.records += 1
    return { id: `r${model.records}`, text: torn }
  })
  origin.write(entries)
}

export const wireCommands: readonly Row<unknown>[] = [
  row({
    name: 'retry without end',
    when: (model) => isRetrying(model) && model.gate === 'down',
    run: insist,
    leads: dialled,
  }),
  row({ name: 'cut', weight: 4, when: isCarrying, run: (world) => lineOf(world)?.reset(), leads: lost }),
  row({ name: 'FIN', weight: 4, when: isCarrying, run: (world) => lineOf(world)?.finish(), leads: lost }),
  row({
    name: 'cut at a byte',
    weight: 6,
    values: integer({ min: 1, max: 900 }),
    when: isCarrying,
    run: (world, bytes) => lineOf(world)?.cutAfter(bytes),
    leads: lost,
  }),
  row({
    name: 'cut the next answer at a byte',
    weight: 3,
    values: integer({ min: 1, max: 900 }),
    when: (model) => !isUp(model) && isLive(model),
    run: (world, bytes) => {
      world.gate.nextCut = bytes
    },
  }),
  row({ name: 'stall', weight: 6, when: isCarrying, run: (world) => lineOf(world)?.stall() }),
  row({
    name: 'go on after a stall',
    weight: 8,
    when: isSilent,
    run: (world) => lineOf(world)?.goOn(),
    leads: (model) => [...lost(model), ...afterDial(model)],
  }),
  row({ name: 'vanish', weight: 4, when: isCarrying, run: (world) => lineOf(world)?.vanish() }),
  row({
    name: 'tear what is sent into pieces',
    weight: 5,
    values: integer({ min: 1, max: 7 }),
    when: isCarrying,
    run: (world, size) => lineOf(world)?.split(size),
  }),
  row({
    name: 'heartbeat',
    weight: 3,
    when: isUp,
    run: (world) => world.origin.heartbeat?.(),
  }),
  row({ name: 'write', weight: 10, values: integer({ min: 1, max: 12 }), when: canWrite, run: write }),
  row({ name: 'flood', weight: 2, when: canWrite, run: (world) => write(world, 1_000) }),
  row({
    name: 'repeat the last record',
    when: (model, world) => canWrite(model) && world.origin.repeat !== undefined && world.origin.log.length > 0,
    run: (world) => world.origin.repeat?.(),
  }),
  row({
    name: 'end of the stream',
    when: (model, world) => isUp(model) && canWrite(model) && world.origin.end !== undefined,
    run: (world) => {
      world.model.ending = true
      world.origin.end?.()
    },
    leads: (model) => [...lost(model), 'closed'],
  }),
  row({
    name: 'refuse',
    weight: 5,
    values: constantFrom(...refusals, '401', '503'),
    when: ({ gate }) => gate !== 'down',
    run: (world, refusal) => {
      world.model.refusing = refusal
      world.gate.refuse(answers[refusal])
    },
    leads: (model, refusal) => [
      ...sameOrLost(model),
      ...(isWorking(model) && !isUp(model) ? refused(model, refusal) : []),
      ...(model.protocol.paged ? refused(model, refusal) : []),
    ],
  }),
  row({
    name: 'hold whoever comes',
    weight: 2,
    when: ({ gate }) => gate === 'open',
    run: (world) => {
      world.gate.mode = 'hold'
    },
  }),
  row({
    name: 'accept',
    weight: 8,
    when: ({ gate }) => gate !== 'open',
    run: (world) => world.gate.accept(),
    leads: (model) =>
      isWorking(model) && !isUp(model) ? [model.state, ...afterDial({ ...model, gate: 'open' })] : sameOrLost(model),
  }),
  row({
    name: 'restart the server',
    weight: 2,
    values: integer({ min: 1, max: 40_000 }),
    when: ({ gate }) => gate !== 'down',
    run: (world, downtime) => {
      world.gate.kill()
      world.clock.setTimeout(() => {
        if (world.gate.mode === 'down') world.gate.mode = 'open'
      }, downtime)
    },
    leads: (model) => (isWorking(model) ? [...lost(model), 'reconnecting'] : [model.state]),
  }),
]
