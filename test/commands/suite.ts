/**
 * The command model as a test. One file for each transport, so that they run side by side.
 *
 * @module
 */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ProtocolName } from './protocols.ts'
import { runCommands } from './run.ts'

/** Runs for each of six transports: 60 together. */
const runs = 10

/** Commands in a run, on average. */
const mean = 50

/** `COMMANDS_SEED=7 vitest run …` runs them again. */
const seed = Number(process.env.COMMANDS_SEED ?? randomInt(2 ** 31))

export function testCommands(protocol: ProtocolName): void {
  test(`whatever happens over ${protocol}, the connection does what the model says`, { timeout: 300_000 }, async () => {
    console.log(`test/commands, ${protocol}: seed ${seed}`)
    const { failure, tally } = await runCommands({ protocol, runs, commands: mean, seed })
    expect(failure).toBeNull()
    const ran = [...tally.values()].reduce((sum, count) => sum + count, 0)
    console.log(`test/commands, ${protocol}: ${ran} commands of ${tally.size} kinds`)
    expect(ran).toBeGreaterThan(runs * mean * 0.4)
    expect(tally.size).toBeGreaterThanOrEqual(25)
  })
}
