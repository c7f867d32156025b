/**
 * `node test/log-model/long.ts [--runs 1000] [--commands 40] [--seed N] [--path P]`: the model of the log for as long as you like.
 *
 * @module
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { runCommands } from './run.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    commands: { type: 'string', default: '40' },
    seed: { type: 'string' },
    path: { type: 'string' },
  },
})
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed)
const start = performance.now()
console.log(`test/log-model: seed ${seed}`)
const { effects, failure, tally } = await runCommands({
  runs: Number(values.runs),
  commands: Number(values.commands),
  seed,
  path: values.path,
})
const ran = [...tally.values()].reduce((sum, count) => sum + count, 0)
const { gaps, records, sent } = effects
console.log(`${records} records and ${gaps} gaps told, ${sent} records sent`)
console.log(`${ran} commands of ${tally.size} kinds in ${((performance.now() - start) / 1000).toFixed(1)} s`)
if (failure !== null) {
  console.error(failure)
  process.exitCode = 1
}
