/**
 * The long run: every contender over the same course, one after the other.
 * `node test/chaos/run.ts [--records 10000] [--kills 100] [--seed n] [--only text]`
 *
 * The proof of issue 5 is `--records 200000 --kills 1000`: over the five ways of ours that is 1,000,000 records down and as many up,
 * and 10,000 kills that hit. Memory stays flat: records are counted by their
 * numbers. The table is printed and kept under `test/artefacts`.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Contender } from './contender.ts'
import { own, peers } from './contenders/all.ts'
import { reportOf } from './report.ts'
import { Switching } from './switching.ts'
import { type Outcome, runTrial, type TrialOptions } from './trial.ts'

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '10000' },
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 20)) },
    only: { type: 'string', default: '' },
  },
})
const records = Number(values.records)
const kills = Number(values.kills)
const seed = Number(values.seed)

/** Nothing moves for so long: a contender hangs. Ours waits for its watchdogs, peers for theirs. In ms. */
const PATIENCE = 20_000
const PEER_PATIENCE = 2_600

/** Silent deaths take seconds each: a few are enough. */
const SILENT = 4

/** In ms. Who is slower is not waited for, and the table says how far it came. */
const limit = Math.max(60_000, 1_000 * kills)
const PEER_LIMIT = 60_000

const options: TrialOptions = { records, kills, seed, silent: SILENT, patience: PATIENCE, limit }
const switching = new Switching({ every: Math.max(1, Math.floor(kills / 24)), patience: PATIENCE })
const outcomes: Outcome[] = []

for (const contender of own) await run(contender, options)
await run(switching.contender, { ...options, silent: 0, before: (round, proxy) => switching.before(round, proxy) })
for (const contender of peers) await run(contender, { ...options, patience: PEER_PATIENCE, limit: PEER_LIMIT })

const page = `${reportOf(outcomes, seed)}\nForced changes of the carrier: ${switching.switches}\n`
const folder = fileURLToPath(new URL('../artefacts', import.meta.url))
mkdirSync(folder, { recursive: true })
writeFileSync(`${folder}/chaos.md`, page)
console.log(page)

async function run(contender: Contender, course: TrialOptions): Promise<void> {
  if (!contender.name.includes(values.only)) return
  process.stderr.write(`${contender.name} …\n`)
  // Who does not notice a silent death would hang at the first one.
  outcomes.push(await runTrial(contender, contender.watchful ? course : { ...course, silent: 0 }))
}
