/**
 * The model of the log as a test.
 */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { commands } from './commands.ts'
import { type Effects, runCommands } from './run.ts'

/** Worlds at the same time: each waits for its disk and its sockets most of the time. */
const lanes = 4
const runsOfLane = 15
const runs = lanes * runsOfLane

/** Commands in a run, on average. */
const mean = 20

/** `LOG_MODEL_SEED=7 vitest run …` runs them again. */
const seed = Number(process.env.LOG_MODEL_SEED ?? randomInt(2 ** 31 - lanes))

test('whatever happens to the log and on the way, the application sees it whole, once and in order, or is told', {
  timeout: 300_000,
}, async () => {
  console.log(`test/log-model: seed ${seed}`)
  const outcomes = await Promise.all(
    Array.from({ length: lanes }, (_, lane) => runCommands({ runs: runsOfLane, commands: mean, seed: seed + lane })),
  )
  expect(outcomes.map(({ failure }) => failure).filter((failure) => failure !== null)).toEqual([])

  const kinds = new Set(outcomes.flatMap(({ tally }) => [...tally.keys()]))
  const ran = sum(outcomes.flatMap(({ tally }) => [...tally.values()]))
  const total = (name: keyof Effects): number => sum(outcomes.map(({ effects }) => effects[name]))
  console.log(`test/log-model: ${ran} commands of ${kinds.size} kinds`)
  console.log(
    `test/log-model: ${total('records')} records and ${total('gaps')} gaps told, ${total('sent')} records sent`,
  )
  expect(kinds.size).toBe(commands.length)
  expect(ran).toBeGreaterThan(runs * mean * 0.8)
  expect(total('records')).toBeGreaterThan(30 * runs)
  expect(total('gaps')).toBeGreaterThan(runs / 5)
  expect(total('sent')).toBeGreaterThan(10 * runs)
})

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
