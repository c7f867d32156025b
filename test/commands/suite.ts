/**
 * The command model as a test. One file for each transport, so that they run side by side.
 *
 * @module
 */
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import type { ProtocolName } from './protocols.ts'
import { runCommands } from './run.ts'

/** Runs in a round, for each of six transports. */
const runs = 10

/** Commands in a run, on average. */
const mean = 50

/** A round may draw short runs (145 commands instead of 300, seed 202509025): another one follows until there were so many. */
const enough = 200
const mostRounds = 10

/** `COMMANDS_SEED=7 vitest run …` runs them again. */
const seed = Number(process.env.COMMANDS_SEED ?? randomInt(2 ** 31))

export function testCommands(protocol: ProtocolName): void {
  test(`whatever happens over ${protocol}, the connection does what the model says`, { timeout: 300_000 }, async () => {
    console.log(`test/commands, ${protocol}: seed ${seed}`)
    const kinds = new Set<string>()
    let ran = 0
    for (let round = 0; round < mostRounds && ran < enough; round++) {
      const { failure, tally } = await runCommands({ protocol, runs, commands: mean, seed: seed + round })
      expect(failure).toBeNull()
      for (const [kind, count] of tally) {
        kinds.add(kind)
        ran += count
      }
    }
    console.log(`test/commands, ${protocol}: ${ran} commands of ${kinds.size} kinds`)
    expect(ran).toBeGreaterThanOrEqual(enough)
    expect(kinds.size).toBeGreaterThanOrEqual(25)
  })
}
