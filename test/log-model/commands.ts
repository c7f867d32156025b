/**
 * What can happen: to the log, to its server, to the network and to the applications. Nothing waits for what happened before it
 * to be over, unless a command says so.
 *
 * @module
 */
import { type Arbitrary, array, constant, constantFrom, integer, record } from 'fast-check'
import { turn } from '../../src/testing/clock.ts'
import { carriers, type Reader } from './reader.ts'
import type { World } from './world.ts'

/** One row of the table. */
export interface Row<Value> {
  readonly name: string
  /** How often it is drawn. */
  readonly weight: number
  readonly values: Arbitrary<Value>
  readonly when?: ((world: World, value: Value) => boolean) | undefined
  readonly run: (world: World, value: Value) => void | Promise<void>
}

/** Keeps the type of one row's value out of the list. */
const row = <Value>(given: Row<Value>): Row<unknown> => given as unknown as Row<unknown>

const nothing = constant(undefined)
const who = integer({ min: 0, max: 1 })

function readerOf({ readers }: World, index: number): Reader {
  const reader = readers[index]
  if (reader === undefined) throw new Error(`There is no reader ${index}.`)
  return reader
}

export const commands: readonly Row<unknown>[] = [
  row({
    name: 'append',
    weight: 8,
    values: integer({ min: 1, max: 12 }),
    when: ({ origin }) => origin.isUp,
    run: (world, count) => world.write(count),
  }),
  row({
    name: 'send',
    weight: 9,
    values: record({ who, pads: array(integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 6 }) }),
    run: (world, { who: index, pads }) => {
      for (const length of pads) readerOf(world, index).send('x'.repeat(length))
    },
  }),
  row({ name: 'cut', weight: 4, values: who, run: (world, index) => readerOf(world, index).cut() }),
  row({
    name: 'cut the next connection at a byte',
    weight: 7,
    values: record({
      who,
      of: constantFrom('server', 'client'),
      abrupt: constantFrom(true, false),
      bytes: integer({ min: 0, max: 2_500 }),
    }),
    run: (world, { who: index, of, abrupt, bytes }) => {
      const reader = readerOf(world, index)
      reader.nextCut = { of, abrupt, after: () => bytes }
      reader.cut()
    },
  }),
  row({
    name: 'trim',
    weight: 4,
    values: integer({ min: 0, max: 6 }),
    when: ({ origin }) => origin.isUp,
    run: ({ origin }, keepRecords) => origin.trim({ keepRecords }),
  }),
  row({
    name: 'delete and create again',
    weight: 1,
    values: nothing,
    when: ({ origin }) => origin.isUp,
    run: ({ origin }) => origin.replace(),
  }),
  row({ name: 'kill the server', weight: 2, values: nothing, when: ({ origin }) => origin.isUp, run: kill }),
  row({
    name: 'start the server again',
    weight: 6,
    values: nothing,
    when: ({ origin }) => !origin.isUp,
    run: ({ origin }) => origin.open(),
  }),
  row({
    name: 'switch to',
    weight: 3,
    values: record({ who, via: constantFrom(...carriers) }),
    run: (world, { who: index, via }) => readerOf(world, index).reload(via),
  }),
  row({
    name: 'bar WebSockets on the way',
    weight: 2,
    values: who,
    when: (world, index) => readerOf(world, index).via !== 'websocket',
    run: (world, index) => {
      const reader = readerOf(world, index)
      reader.webSockets = 'barred'
      reader.cut()
    },
  }),
  row({
    name: 'let WebSockets through',
    weight: 2,
    values: who,
    when: (world, index) => readerOf(world, index).webSockets === 'barred',
    run: (world, index) => {
      readerOf(world, index).webSockets = 'passed'
    },
  }),
  row({ name: 'reload', weight: 3, values: who, run: (world, index) => readerOf(world, index).reload() }),
  row({
    name: 'pause',
    weight: 2,
    values: who,
    when: (world, index) => readerOf(world, index).flow === 'flowing',
    run: (world, index) => readerOf(world, index).pause(),
  }),
  row({
    name: 'resume',
    weight: 4,
    values: who,
    when: (world, index) => readerOf(world, index).flow === 'paused',
    run: (world, index) => readerOf(world, index).resume(),
  }),
  row({
    name: 'let some turns pass',
    weight: 5,
    values: integer({ min: 1, max: 30 }),
    run: async (world, turns) => {
      for (let count = 0; count < turns; count++) await turn()
      await world.look()
    },
  }),
  row({
    name: 'wait until everybody has everything',
    weight: 5,
    values: nothing,
    when: ({ origin }) => origin.isUp,
    run: (world) => world.settled(),
  }),
]

function kill({ origin }: World): Promise<void> {
  return origin.kill()
}
