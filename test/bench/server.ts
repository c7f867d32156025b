/**
 * What our server costs beside a bare socket, `ws`, `node:http` and socket.io.
 *
 * `node test/bench/server.ts [--connections 10000] [--runs 3] [--only text] [--seed 1] [--examine]`
 *
 * Each measurement is a server on core 0 and its clients on core 1, new each time, in a freshly shuffled order per repetition. The
 * tables are printed and kept under `test/artefacts`, with every sample as JSON. `--examine` instead shows what the heap of our
 * connections consists of and where the CPU goes. Read CPU before rates, and ratios before both.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { pinned } from './processes.ts'
import { type Contender, contenders } from './server/contenders.ts'
import { type Examination, examinationText } from './server/examination.ts'
import { Bout, MOST, type Sample, type Scripts } from './server/measure.ts'
import { script } from './server/script.ts'
import { figuresTable, judge, type Series, targetsTable } from './server/table.ts'
import { chanceFrom, shuffled } from './statistics.ts'

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    examine: { type: 'boolean', default: false },
  },
})
const connections = Number(values.connections)
if (!(connections > 0 && connections <= MOST)) throw new RangeError(`--connections is 1 to ${MOST}.`)
const runs = Number(values.runs)
const chance = chanceFrom(Number(values.seed))
const chosen = contenders.filter(({ name, family }) => `${family} ${name}`.includes(values.only))
const scripts: Scripts = { host: await script('server/host.ts'), crowd: await script('server/crowd.ts') }

if (values.examine) await examine()
else await compare()

async function compare(): Promise<void> {
  const samples = new Map<Contender, Sample[]>(chosen.map((contender) => [contender, []]))
  for (let repetition = 1; repetition <= runs; repetition++) {
    for (const contender of shuffled(chosen, chance)) {
      samples.get(contender)?.push(await bout(contender, (processes) => processes.measure()))
      process.stderr.write(`${repetition} of ${runs}: ${contender.name}\n`)
    }
  }
  publish([...samples].map(([contender, taken]) => ({ contender, samples: taken })))
}

async function examine(): Promise<void> {
  for (const contender of chosen.filter(({ role }) => role === 'judged' || role === 'plain')) {
    const found: Examination = await bout(contender, (processes) => processes.examine())
    console.log(examinationText(contender.name, connections, found))
  }
}

async function bout<Result>(contender: Contender, then: (processes: Bout) => Promise<Result>): Promise<Result> {
  const processes = new Bout(contender, connections, scripts)
  try {
    return await then(processes)
  } finally {
    await processes.end()
  }
}

function publish(all: readonly Series[]): void {
  const judgements = judge(all, connections)
  const conditions = `Node ${process.version}, ${connections.toLocaleString('en')} connections, records of 200 bytes, seed ${values.seed}, ${pinned ? 'server and clients pinned to a core each' : 'not pinned'}, kB of 1,000 bytes`
  const page = `${conditions}\n\n${figuresTable(all)}\n\n${targetsTable(judgements)}\n`
  const folder = fileURLToPath(new URL('../artefacts', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/bench-server.md`, page)
  writeFileSync(`${folder}/bench-server.json`, `${JSON.stringify({ conditions, judgements, series: all }, null, 2)}\n`)
  console.log(page)
}
