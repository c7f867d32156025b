/**
 * What a live, quiet connection weighs beyond its socket: `node test/bench/memory.ts [--connections 1000] [--runs 3]`.
 *
 * The bare loop (socket, parser, one listener) is subtracted from ours (the same, with chart, data plane and outbox).
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { urlOn } from './blast.ts'
import type { Ports } from './blast-server.ts'
import { bundled } from './bundle.ts'
import { type Candidate, loadCandidates } from './candidates.ts'
import type { WeighOrder, Weight } from './memory-client.ts'
import { firstLine, gone, run } from './processes.ts'
import { median } from './statistics.ts'

/** The most heap a connection may add to its socket, in bytes. */
const LIMIT = 8 * 1024

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '1000' }, runs: { type: 'string', default: '3' } },
})
const connections = Number(values.connections)

const client = await bundled('memory-client.ts')
const server = run('blast-server.ts', 0, '1')
const ports: Ports = JSON.parse(await firstLine(server))
const weights = new Map<Candidate, Weight>()
try {
  for (const candidate of await loadCandidates(undefined)) {
    const weighed = candidate.role !== 'twin' && candidate.source === 'blast'
    if (weighed) weights.set(candidate, await weigh(candidate))
  }
} finally {
  server.kill()
  await gone(server)
}
publish()

async function weigh({ name, protocol }: Candidate): Promise<Weight> {
  const order: WeighOrder = { name, protocol, url: urlOn(ports.blast, protocol), connections }
  const taken: Weight[] = []
  for (let repetition = 0; repetition < Number(values.runs); repetition++) {
    const measured = run(client, 1, JSON.stringify(order))
    taken.push(JSON.parse(await firstLine(measured)))
    await gone(measured)
  }
  return { heap: median(taken.map(({ heap }) => heap)), resident: median(taken.map(({ resident }) => resident)) }
}

function publish(): void {
  const lines = [...weights].map(([{ name, protocol, role }, weight]) => {
    const bare = [...weights].find(([other]) => other.protocol === protocol && other.role === 'baseline')?.[1]
    const above = weight.heap - (bare?.heap ?? Number.NaN)
    const verdict = role === 'baseline' ? '' : above <= LIMIT ? 'met' : 'missed'
    const cells = [protocol, name, kilobytes(weight.heap), kilobytes(weight.resident), kilobytes(above), verdict]
    return `| ${cells.join(' | ')} |`
  })
  const page = [
    `Node ${process.version}, ${connections} connections, median of ${values.runs}, kB of 1,024 bytes`,
    '',
    `| protocol | receiver | heap each | resident each | heap above the bare loop | ≤ ${kilobytes(LIMIT)} |`,
    '|---|---|---:|---:|---:|---|',
    ...lines,
    '',
  ].join('\n')
  const folder = fileURLToPath(new URL('../artefacts', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/bench-memory.md`, page)
  console.log(page)
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} kB`
}
