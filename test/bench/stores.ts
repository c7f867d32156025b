/**
 * `node test/bench/stores.ts [--rounds 7] [--records 5000]`: what the stores do in a second, on this machine. Appends one
 * after the other (each waits for its answer) and in turns of a hundred, with and without a producer; reads of pages of
 * a hundred and of one record. The median of the rounds, and the slowest and fastest of them.
 *
 * @module
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fileStore } from '../../src/server/stores/file-store.ts'
import { memoryStore } from '../../src/server/stores/memory-store.ts'
import type { AppendRequest, StreamStore } from '../../src/server/stores/store.ts'
import { median } from './statistics.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, records: { type: 'string', default: '5000' } },
})
const rounds = Number(values.rounds)
const records = Number(values.records)
const directory = mkdtempSync(join(tmpdir(), 'statewire-bench-'))

/** 200 bytes, as everywhere in these benchmarks. */
const BODY = `{"text":"${'x'.repeat(189)}"}`

const stores: Record<string, (round: number) => StreamStore> = {
  memory: () => memoryStore(),
  'file, full': (round) => fileStore({ path: join(directory, `full-${round}.db`) }),
  'file, normal': (round) => fileStore({ path: join(directory, `normal-${round}.db`), durability: 'normal' }),
}

const QUOTA = { streams: 10_000, ofOwner: 10_000 }
const CONFIG = { contentType: 'application/json', ttlMs: null, expiresAt: null, owner: null }
const PLAIN: AppendRequest = {
  records: [BODY],
  essence: 'application/json',
  producer: null,
  principal: null,
  streamSeq: null,
  idempotencyKey: null,
  fingerprint: null,
  close: false,
}

const numbered = (seq: number): AppendRequest => ({
  ...PLAIN,
  producer: { id: 'bench', epoch: 0, seq },
  fingerprint: `digest-${seq}`,
})

/** Runs `work` so many times and says how often a second that was. */
async function rate(times: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (times / (performance.now() - start)) * 1000
}

async function measure(store: StreamStore): Promise<Record<string, number>> {
  for (const path of ['single', 'grouped', 'producer', 'full'])
    await store.create(path, { config: CONFIG, records: [], closed: false, quota: QUOTA })
  const inTurns = async (append: (n: number) => Promise<unknown>): Promise<void> => {
    for (let n = 0; n < records; n += 100)
      await Promise.all(Array.from({ length: 100 }, (_, index) => append(n + index)))
  }
  const results: Record<string, number> = {}
  results['appends, single'] = await rate(records / 5, async () => {
    for (let n = 0; n < records / 5; n++) await store.append('single', PLAIN)
  })
  results['appends, 100 a turn'] = await rate(records, () => inTurns(() => store.append('grouped', PLAIN)))
  results['… exactly once'] = await rate(records, () => inTurns((n) => store.append('producer', numbered(n))))
  const thousand = { ...PLAIN, records: Array<string>(1_000).fill(BODY) }
  await Promise.all(Array.from({ length: 10 }, () => store.append('full', thousand)))
  results['… each forgetting the oldest'] = await rate(records, () => inTurns(() => store.append('full', PLAIN)))
  results['records read, 100 a page'] = await rate(records, async () => {
    for (let after = 0; after < records; after += 100)
      await store.read('grouped', after, { records: 100, bytes: 2 ** 20 })
  })
  results['reads of one record'] = await rate(records, async () => {
    for (let after = 0; after < records; after++) await store.read('grouped', after, { records: 1, bytes: 2 ** 20 })
  })
  results.heads = await rate(records, async () => {
    for (let n = 0; n < records; n++) await store.head('grouped')
  })
  await store.close()
  return results
}

console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown'}, ${rounds} rounds of ${records} records of 200 bytes`,
)
for (const [name, make] of Object.entries(stores)) {
  const measured: Record<string, number>[] = []
  // The first round warms the code up and counts for nothing.
  for (let round = 0; round <= rounds; round++) measured.push(await measure(make(round)))
  console.log(`\n${name}`)
  for (const what of Object.keys(measured[0] ?? {})) {
    const rates = measured.slice(1).map((result) => result[what] ?? Number.NaN)
    const [low, middle, high] = [Math.min(...rates), median(rates), Math.max(...rates)].map((value) =>
      Math.round(value).toLocaleString('en').padStart(9),
    )
    console.log(`${what.padEnd(30)} ${middle} a second   (${low} to ${high})`)
  }
}
rmSync(directory, { recursive: true })
