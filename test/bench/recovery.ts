/**
 * How long a reader is without records when its connection is cut, while all others stay.
 *
 * `node test/bench/recovery.ts [--others 10000] [--cuts 200] [--via websocket,sse,ndjson,long-poll] [--seed 1]`
 *
 * The server runs on core 0; everybody who reads, on core 1. A cut is a reset by the server's side in the middle of a stream that
 * has a record every 5 ms; the time is from there to the next record in the application's hands, on the clock both processes share.
 * Ours, a redial by hand and its twin are cut in turn, in a freshly shuffled order. The table is printed and kept under
 * `test/artefacts`, with every time as JSON.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { CrowdProcess } from '../herd/crowd-process.ts'
import { pinned } from './processes.ts'
import type { RecoveryClient } from './recovery-client.ts'
import type { RecoveryHost } from './recovery-host.ts'
import {
  type Carrier,
  type Contender,
  carriers,
  contenders,
  markdown,
  type Row,
  rowsFrom,
  type Times,
} from './recovery-table.ts'
import { type Asked, startAsked } from './server/questions.ts'
import { script } from './server/script.ts'
import { chanceFrom, shuffled } from './statistics.ts'

const { values } = parseArgs({
  options: {
    others: { type: 'string', default: '10000' },
    cuts: { type: 'string', default: '200' },
    via: { type: 'string', default: 'websocket,sse,ndjson,long-poll' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const others = Number(values.others)
const cuts = Number(values.cuts)
const chance = chanceFrom(Number(values.seed))
const scripts = {
  host: await script('recovery-host.ts'),
  client: await script('recovery-client.ts'),
  crowd: await script('../herd/crowd-process.ts'),
}

/** Far below what a core accepts, so that nobody has to come twice. */
const GATHERING_PER_SECOND = 400
const PATIENCE_MS = 150_000

/** Compiled code and open stores first. */
const WARM_UP = 20

/** Each takes a quarter of a second: fewer will do. */
const PATIENT_CUTS = 50

/** Between two cuts, so that each falls somewhere else into the rhythm of the records. In ms. */
const pause = (): number => 30 + 50 * chance()

/** The processes of one measurement. */
interface Cast {
  readonly crowds: readonly Asked<CrowdProcess>[]
  readonly host: Asked<RecoveryHost>
  readonly client: Asked<RecoveryClient>
  /** When all the others were there, in milliseconds since 1970. */
  readonly gathered: number
}

const rows: Row[] = []
const times: Record<string, Times> = {}

for (const via of carriers.filter((carrier) => values.via.split(',').includes(carrier))) {
  const measured = await measure(via)
  times[via] = measured
  rows.push(...rowsFrom(via, measured, chance))
  process.stderr.write(`${via} is measured\n`)
}
publish()

async function measure(via: Carrier): Promise<Times> {
  const host = startAsked<RecoveryHost>(scripts.host, 0)
  const client = startAsked<RecoveryClient>(scripts.client, 1)
  const crowds = [startAsked<CrowdProcess>(scripts.crowd, 1), startAsked<CrowdProcess>(scripts.crowd, 1)]
  try {
    const { others: port, measured } = await host.ask('open', contenders.length)
    await gather(crowds, port)
    const gathered = Date.now()
    const ports = Object.fromEntries(contenders.map((contender, index) => [contender, measured[index] ?? 0]))
    await client.ask('open', { via, ports: ports as Record<Contender, number> })
    const cut = async (contender: Contender): Promise<number> => {
      await wait(pause())
      const back = client.ask('back', contender)
      const at = await host.ask('cut', ports[contender] ?? 0)
      return (await back) - at
    }
    const found = await cutAll(cut)
    await lookAround({ crowds, host, client, gathered })
    return found
  } finally {
    await Promise.all([...crowds, client, host].map((process) => process.end()))
  }
}

async function cutAll(cut: (contender: Contender) => Promise<number>): Promise<Times> {
  const found: Record<Contender, number[]> = { raw: [], twin: [], ours: [], patient: [] }
  for (let round = -WARM_UP; round < cuts; round++) {
    for (const contender of shuffled(['raw', 'twin', 'ours'] as const, chance)) {
      const time = await cut(contender)
      if (round >= 0) found[contender].push(time)
    }
  }
  for (let round = 0; round < Math.min(cuts, PATIENT_CUTS); round++) found.patient.push(await cut('patient'))
  return found
}

/** Half of the others read over WebSocket, half over SSE. */
async function gather(crowds: readonly Asked<CrowdProcess>[], port: number): Promise<void> {
  const clients = others / crowds.length
  const overMs = (1_000 * others) / GATHERING_PER_SECOND
  const protocols = ['websocket', 'sse'] as const
  await Promise.all(
    crowds.map(async (crowd, index) => {
      await crowd.ask('start', { clients, own: 0, protocol: protocols[index] ?? 'sse', port, overMs })
      await until(async () => (await crowd.ask('reading')) === clients)
    }),
  )
}

/** Nobody else was cut off, and nobody has lost a record: else the times are of something else. */
async function lookAround({ crowds, host, client, gathered }: Cast): Promise<void> {
  const written = await host.ask('finish')
  for (const crowd of crowds) {
    await until(async () => (await crowd.ask('report', written)).behind === 0)
    const { lost, repeated } = await crowd.ask('report', written)
    const { first, later } = await crowd.ask('attempts', gathered)
    const redials = first.length + later.length
    if (lost + repeated + redials > 0)
      throw new Error(`The others: ${lost} lost, ${repeated} repeated, ${redials} redials.`)
  }
  const { lost, repeated } = await client.ask('faults')
  if (lost + repeated > 0) throw new Error(`Of who was cut off: ${lost} lost, ${repeated} repeated.`)
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !(await condition()); await wait(100))
    if (Date.now() > end) throw new Error('The others do not come, or do not get everything.')
}

function publish(): void {
  if (rows.length === 0) throw new Error(`Carriers are ${carriers.join(', ')}.`)
  const conditions = `Node ${process.version}, ${others.toLocaleString('en')} others live, a record of 200 bytes every 5 ms, seed ${values.seed}, ${pinned ? 'server and clients pinned to a core each' : 'not pinned'}`
  const folder = fileURLToPath(new URL('../artefacts', import.meta.url))
  const page = `${conditions}\n\n${markdown(rows)}\n`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/bench-recovery.md`, page)
  writeFileSync(`${folder}/bench-recovery.json`, `${JSON.stringify({ conditions, rows, times }, null, 2)}\n`)
  console.log(page)
}
