/**
 * The course that every carrier of ours has to survive in CI, and what surviving means.
 *
 * @module
 */
import { expect, onTestFinished } from 'vitest'
import type { Contender } from './contender.ts'
import type { Verdict } from './oracle.ts'
import { type Outcome, runTrial, type TrialOptions } from './trial.ts'

/** How long a trial may take before it counts as hanging, in ms: ten times what it takes on a machine with nothing else to do. */
export const TIMEOUT = 240_000

const WHOLE: Verdict = { lost: 0, twice: 0, outOfOrder: 0, unknown: 0 }

/** CI has a quarter of an hour. */
const kills = process.env.CI === 'true' ? 100 : 200

/** A cut of each direction with every hundred records. */
export const COURSE = {
  records: 100 * kills,
  kills,
  silent: 2,
  // Longer than the watchdogs and the answers of appends may take together.
  patience: 20_000,
  limit: TIMEOUT,
}

/** A seed that is printed, so that a failure can be repeated: `CHAOS_SEED=… vitest …`. */
export function printedSeed(of: string): number {
  const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 20))
  console.info(`${of}: seed ${seed}`)
  return seed
}

/** Runs the course, and expects every record exactly once and in order on both sides. */
export async function expectSurvival(contender: Contender, options: Partial<TrialOptions> = {}): Promise<Outcome> {
  const course = { ...COURSE, seed: printedSeed(contender.name), ...options }
  const rejections: unknown[] = []
  const note = (reason: unknown): void => void rejections.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  const outcome = await runTrial(contender, course)
  const { records, kills } = course
  expect(outcome).toMatchObject({ down: WHOLE, up: WHOLE, echo: WHOLE, told: 0, unsettled: 0, notes: [], reports: [] })
  expect(outcome.written).toEqual({ down: records, up: records })
  expect(outcome.kills).toEqual({ down: kills, up: kills })
  expect(rejections).toEqual([])
  return outcome
}
