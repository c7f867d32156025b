/**
 * A test of one entry of the catalogue: the input gets its outcome, and nothing else happens to anyone.
 *
 * @module
 */

import { expect, test } from 'vitest'
import { type Rig, type RigOptions, STEADY, withRig } from './rig.ts'

/** What a test expects beside its own subject. */
export interface BadInputOptions extends RigOptions {
  /** How often the server may report. Default 0: bad input is no fault of the server. */
  readonly reports?: number | undefined
}

/** Registers a test that is named by its number and a sentence. */
export function badInput(
  number: string,
  sentence: string,
  run: (rig: Rig) => Promise<void>,
  options: BadInputOptions = {},
): void {
  test(`${number}: ${sentence}`, () =>
    withRig(options, async (rig) => {
      await run(rig)
      await expectNoEffectOnOthers(rig, options)
    }))
}

/** Nobody else has noticed, nothing else is stored, nothing was thrown, and no secret was written down. */
export async function expectNoEffectOnOthers(rig: Rig, options: BadInputOptions): Promise<void> {
  const { witness, bystanders } = rig
  rig.leave()
  expect(await bystanders.finish(), 'Bystanders were disturbed.').toEqual([])
  await expect
    .poll(() => witness.connections, { interval: 5, message: 'Connections stay open.' })
    .toBe(bystanders.connections)
  expect(JSON.parse(await rig.stored(STEADY))).toEqual(Array.from({ length: bystanders.appended }, (_, at) => at + 1))
  expect([...witness.changed].filter((path) => path !== STEADY).sort()).toEqual([...(options.changes ?? [])].sort())
  // What was thrown in a timer or a forgotten promise shows up one turn later.
  await new Promise(setImmediate)
  expect(witness.thrown).toEqual([])
  expect(witness.reports).toHaveLength(options.reports ?? 0)
  expect(witness.leaks(rig.secrets), 'A secret was written down.').toEqual([])
  expect(rig.told.filter((text) => rig.secrets.some((secret) => text.includes(secret)))).toEqual([])
}
