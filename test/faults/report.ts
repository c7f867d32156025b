/**
 * The figures of architecture.md section 8 over the whole suite: run the suite, then `node test/faults/report.ts`. The time to
 * connect is measured here, one connection after the other: the suite runs a dozen abreast.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'
import { outcomeFolder, percentile95, table } from './figures.ts'
import type { Outcome } from './outcomes.ts'
import type { FaultRow } from './row.ts'
import { rows } from './rows.ts'
import { openWorld } from './world.ts'

const connects = 300

/** Milliseconds from `connect` to `connected`, each time to a server of its own. */
async function timesOf(row: FaultRow): Promise<readonly number[]> {
  const times: number[] = []
  for (let count = 0; count < connects; count++) {
    const world = await openWorld(row)
    await world.connect().untilStage('closed')
    times.push(world.outcome.connectTime ?? Number.NaN)
    world.actor.stop()
    await world.server.close()
  }
  return times
}

function isOutcomes(value: unknown): value is readonly Outcome[] {
  return Array.isArray(value)
}

const all = readdirSync(outcomeFolder).flatMap((file): readonly Outcome[] => {
  const value: unknown = JSON.parse(readFileSync(new URL(file, outcomeFolder), 'utf8'))
  return isOutcomes(value) ? value : []
})
console.info(`All faults (p95 under the load of the suite):\n${table(all)}\n`)
console.info(`Connect p95 on loopback, ${connects} times each, one after the other:`)
for (const row of rows) {
  console.info(
    `${row.name.padEnd(20)}${percentile95(await timesOf(row))
      .toFixed(1)
      .padStart(12)} ms`,
  )
}
