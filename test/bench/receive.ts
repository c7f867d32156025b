/**
 * How fast messages arrive, ours with the chart running ÷ the bare loop of the same protocol.
 *
 * `node test/bench/receive.ts [--runs 12] [--messages 250000] [--only text] [--seed 1] [--peers module]`
 *
 * Each measurement is a process of its own, in a freshly shuffled order per repetition. Read the ratios and not the rates, and no
 * difference below what the twin shows. The table is printed and kept under `test/artefacts`, with every sample as JSON.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { urlOn } from './blast.ts'
import type { Ports } from './blast-server.ts'
import { bundled } from './bundle.ts'
import { type Candidate, loadCandidates } from './candidates.ts'
import type { Order, Sample } from './client.ts'
import { firstLine, gone, pinned, run } from './processes.ts'
import { protocols } from './protocols.ts'
import { markdown, rowsFrom, type Series } from './report.ts'
import { chanceFrom, shuffled } from './statistics.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '12' },
    messages: { type: 'string', default: '250000' },
    only: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    peers: { type: 'string' },
  },
})
const runs = Number(values.runs)
const count = Number(values.messages)
const seed = Number(values.seed)
const peerModule = values.peers === undefined ? undefined : pathToFileURL(resolve(values.peers)).href
const chance = chanceFrom(seed)

const candidates = (await loadCandidates(peerModule)).filter(({ protocol, role, name }) => {
  const chosen = `${protocol} ${name}`.includes(values.only)
  return chosen || role === 'baseline' || role === 'twin'
})
const samples = new Map<Candidate, Sample[]>(candidates.map((candidate) => [candidate, []]))

const client = await bundled('client.ts')
const server = run('blast-server.ts', 0, String(count))
const ports: Ports = JSON.parse(await firstLine(server))
try {
  for (let repetition = 1; repetition <= runs; repetition++) {
    // Shuffled within a protocol too: what is compared runs within the same few seconds.
    for (const protocol of shuffled(protocols, chance)) {
      const rows = candidates.filter((candidate) => candidate.protocol === protocol)
      for (const candidate of shuffled(rows, chance)) samples.get(candidate)?.push(await measure(candidate))
    }
    process.stderr.write(`repetition ${repetition} of ${runs}\n`)
  }
} finally {
  server.kill()
  await gone(server)
}
publish([...samples].map(([candidate, taken]) => ({ candidate, samples: taken })))

async function measure({ name, protocol, source }: Candidate): Promise<Sample> {
  const url = source === 'blast' ? urlOn(ports.blast, protocol) : `http://127.0.0.1:${ports.streams}/v1/stream/bench`
  const order: Order = { name, protocol, url, count, warmUp: Math.floor(count / 5), peerModule }
  const measured = run(client, 1, JSON.stringify(order))
  const sample: Sample = JSON.parse(await firstLine(measured))
  await gone(measured)
  return sample
}

function publish(all: readonly Series[]): void {
  const rows = rowsFrom(all, chance)
  const conditions = `Node ${process.version}, ${count} messages, seed ${seed}, ${pinned ? 'pinned to two cores' : 'not pinned'}`
  const folder = fileURLToPath(new URL('../artefacts', import.meta.url))
  const page = `${conditions}\n\n${markdown(rows)}\n`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/bench-receive.md`, page)
  writeFileSync(`${folder}/bench-receive.json`, `${JSON.stringify({ conditions, rows, series: all }, null, 2)}\n`)
  console.log(page)
}
