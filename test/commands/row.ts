/**
 * One row of the table of commands, and what rows ask of the model.
 *
 * @module
 */
import type { Arbitrary } from 'fast-check'
import type { ConnectionState } from '../../src/index.ts'
import { afterDial, type Model, sameOrLost } from './model.ts'
import type { World } from './world.ts'

export interface Row<Value> {
  readonly name: string
  /** How often it is drawn. Default 1. */
  readonly weight?: number | undefined
  /** What the command is told. Default: nothing. */
  readonly values?: Arbitrary<Value> | undefined
  /** Default: always. */
  readonly when?: ((model: Model, world: World) => boolean) | undefined
  readonly run: (world: World, value: Value) => void | Promise<void>
  /** Asked before it runs. Default: the same state, or lost where the wire is spoiled. */
  readonly leads?: ((model: Model, value: Value) => readonly ConnectionState[]) | undefined
}

/** Keeps the type of one row's value out of the list. */
export const row = <Value = undefined>(given: Row<Value>): Row<unknown> => given as unknown as Row<unknown>

export const isLive = ({ state }: Model): boolean => state !== 'closed'
export const isUp = ({ state }: Model): boolean => state === 'connected'
export const isRetrying = ({ state }: Model): boolean => state === 'reconnecting'
export const isWorking = ({ state }: Model): boolean => ['connecting', 'connected', 'reconnecting'].includes(state)

export const lineOf = ({ gate }: World) => gate.lines('first').at(-1)
export const isCarrying = (model: Model, world: World): boolean => isUp(model) && lineOf(world)?.state === 'open'
export const isSilent = (_: Model, world: World): boolean => lineOf(world)?.state === 'stalled'
export const canWrite = ({ over }: Model): boolean => !over

/** Whatever is wrong with a link: it is noticed by whoever reads. */
export const lost = (model: Model): readonly ConnectionState[] => sameOrLost({ ...model, spoiled: true })
export const dialled = (model: Model): readonly ConnectionState[] =>
  isRetrying(model) ? [...afterDial(model), 'reconnecting'] : sameOrLost(model)
