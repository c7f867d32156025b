/**
 * 10,000 clients are dropped at once and come back: `node test/herd/run.ts [--clients 10000] [--own 0] [--only text]`
 *
 * The server runs on core 0 with its streams in a file, the clients on core 1, in real time; a publisher appends a record a second
 * over HTTP, exactly once, through all of it. `drain`: the server says goodbye, and its successor opens the same file and port. `crash`:
 * it is killed, and started again at once. The table is printed and kept under `test/artefacts`.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Asked, startAsked } from '../bench/server/questions.ts'
import { script } from '../bench/server/script.ts'
import { mostWithin } from '../simulation/herd.ts'
import type { CrowdProcess, CrowdReport } from './crowd-process.ts'
import type { Protocol } from './member.ts'
import type { OriginProcess } from './origin-process.ts'
import { Publisher } from './publisher.ts'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '10000' },
    own: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
  },
})
const clients = Number(values.clients)
const scripts = {
  origin: await script('../herd/origin-process.ts'),
  crowd: await script('../herd/crowd-process.ts'),
}

/** Below the server's door, 500 a second: this is not the herd yet. */
const GATHERING_PER_SECOND = 400

/** After so long their backoff starts anew. */
const STABLE_MS = 11_000

/** Everybody has to be back within a minute; who is not is waited for, and shows in the table. */
const PATIENCE_MS = 120_000

type Fall = 'drain' | 'crash'

interface Row extends CrowdReport {
  readonly fall: Fall
  readonly protocol: Protocol
  /** Of all clients, in the fullest 100 ms of their first attempts and of all others, as they were due. */
  readonly firstPercent: number
  readonly laterPercent: number
  /** Of all attempts, in the fullest 100 ms, as they came to the server. On a busy machine many are late together. */
  readonly arrivedPercent: number
  readonly attempts: number
  readonly backSeconds: number
  readonly readsAtOnce: number
  readonly published: number
}

const rows: Row[] = []
for (const protocol of ['websocket', 'sse'] as const)
  for (const fall of ['drain', 'crash'] as const)
    if (`${protocol} ${fall}`.includes(values.only)) rows.push(await drop(protocol, fall))
publish()

async function drop(protocol: Protocol, fall: Fall): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'herd-'))
  const file = join(folder, 'streams.db')
  const crowd = startAsked<CrowdProcess>(scripts.crowd, 1)
  let origin = startAsked<OriginProcess>(scripts.origin, 0)
  const port = await origin.ask('open', { file, port: 0 })
  const publisher = new Publisher(`http://127.0.0.1:${port}/v1/stream/herd`)
  try {
    const overMs = (1_000 * clients) / GATHERING_PER_SECOND
    await crowd.ask('start', { clients, own: Number(values.own), protocol, port, overMs })
    await everybodyReads(crowd)
    await wait(STABLE_MS)
    const before = await crowd.ask('report', 0)
    process.stderr.write(`${protocol} ${fall}: ${clients} are reading\n`)

    const droppedAt = Date.now()
    if (fall === 'drain') await origin.ask('drain')
    await origin.end()
    origin = startAsked<OriginProcess>(scripts.origin, 0)
    await origin.ask('open', { file, port })
    await everybodyReads(crowd)
    const backSeconds = (Date.now() - droppedAt) / 1_000
    const { arrivals, readsAtOnce } = await origin.ask('counted')

    const published = await publisher.stop()
    const after = await everybodyHas(crowd, published)
    const { first, later } = await crowd.ask('attempts', droppedAt)
    return {
      ...after,
      fall,
      protocol,
      refusals: after.refusals - before.refusals,
      firstPercent: fullest(first),
      laterPercent: fullest(later),
      arrivedPercent: fullest(arrivals),
      attempts: arrivals.length,
      backSeconds,
      readsAtOnce,
      published,
    }
  } finally {
    await publisher.stop()
    await Promise.all([crowd.end(), origin.end()])
    rmSync(folder, { recursive: true })
  }
}

/** The share of all clients that falls into any 100 ms, at most. */
function fullest(times: readonly number[]): number {
  const sorted = times.toSorted((one, other) => one - other)
  return (100 * mostWithin(sorted, 100)) / clients
}

async function everybodyReads(crowd: Asked<CrowdProcess>): Promise<void> {
  const until = Date.now() + PATIENCE_MS
  while ((await crowd.ask('reading')) < clients && Date.now() < until) await wait(100)
}

async function everybodyHas(crowd: Asked<CrowdProcess>, published: number): Promise<CrowdReport> {
  const until = Date.now() + PATIENCE_MS
  let report = await crowd.ask('report', published)
  while (report.behind > 0 && Date.now() < until) {
    await wait(100)
    report = await crowd.ask('report', published)
  }
  return report
}

function publish(): void {
  const titles = [
    'protocol',
    'fall',
    'first attempts due in 100 ms',
    'others due in 100 ms',
    'arrived in 100 ms',
    'attempts',
    'refused',
    'all back after',
    'store reads at once',
    'records',
    'clients behind',
    'records lost',
    'repeated',
  ]
  const lines = rows.map((row) => {
    const { protocol, fall, attempts, refusals, readsAtOnce, published, behind, lost, repeated } = row
    const shares = [row.firstPercent, row.laterPercent, row.arrivedPercent].map((share) => `${share.toFixed(2)} %`)
    const cells = [
      protocol,
      fall,
      ...shares,
      attempts,
      refusals,
      `${row.backSeconds.toFixed(1)} s`,
      readsAtOnce,
      published,
      behind,
      lost,
      repeated,
    ]
    return `| ${cells.join(' | ')} |`
  })
  const rule = `|---|---|${'---:|'.repeat(titles.length - 2)}`
  const page = [
    `Node ${process.version}, ${clients.toLocaleString('en')} clients (${values.own} of them durableConnection), shares of all clients`,
    '',
    `| ${titles.join(' | ')} |`,
    rule,
    ...lines,
    '',
  ].join('\n')
  const folder = fileURLToPath(new URL('../artefacts', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/herd.md`, page)
  writeFileSync(`${folder}/herd.json`, `${JSON.stringify(rows, null, 2)}\n`)
  console.log(page)
}
