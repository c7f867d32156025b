/**
 * That the peers of the long run take part as they should: nobody is blamed for a mistake of ours. How they fare is no test.
 */
import { expect, test } from 'vitest'
import { peers } from './contenders/all.ts'
import { printedSeed } from './suite.ts'
import { runTrial } from './trial.ts'

const course = { records: 200, silent: 0, limit: 10_000 }

test.each(peers)('$name brings everything through where nothing is cut', { timeout: 60_000 }, async (peer) => {
  const outcome = await runTrial(peer, { ...course, kills: 0, seed: 1, patience: 5_000 })
  const whole = { lost: 0, twice: 0, outOfOrder: 0, unknown: 0 }
  expect(outcome.down).toEqual(peer.reads ? whole : null)
  expect(outcome.up).toEqual(peer.writes ? whole : null)
  expect(outcome).toMatchObject({ told: 0, notes: [] })
})

test.each(peers)('$name is cut, and what becomes of it is an outcome', { timeout: 60_000 }, async (peer) => {
  const outcome = await runTrial(peer, { ...course, kills: 1, seed: printedSeed(peer.name), patience: 4_000 })
  // What is broadcast to nobody cannot be cut, so that of two directions one may be spared.
  expect(outcome.kills.down + outcome.kills.up).toBeGreaterThanOrEqual(1)
  expect(outcome.down?.unknown ?? 0).toBe(0)
  expect(outcome.up?.unknown ?? 0).toBe(0)
})
