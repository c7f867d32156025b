import { randomInt } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '../../src/server/testing/rig.ts'
import type { DurableVia } from '../../src/transports/durable-input.ts'
import { type Chance, chanceFrom } from '../bench/statistics.ts'
import { type Cut, type CutPlan, CuttingProxy } from '../natives/cutting-proxy.ts'
import { CARRIERS } from './patience.ts'
import { createStream, expectExactlyOnce, soon, Traveller } from './traffic.ts'

/** F31 of wire.md. */
const CUTS = 100

/** What the server says once an append is in the stream. */
const APPLIED = /\r\nproducer-seq: |"t":"ack"/gi
/** The same of one that was there already. */
const REPEATED = /HTTP\/1\.1 204[^{]*\r\nproducer-seq: |"t":"ack"[^}]*"dup":true/gi

/** Cuts in the middle of the first, second or third of those answers: what it answers is in the stream, and nobody was told. */
function beforeAnswer(chance: Chance): Cut {
  let left = 1 + Math.floor(chance() * 3)
  let looked = 0
  let end = Number.POSITIVE_INFINITY
  return {
    of: 'server',
    abrupt: chance() < 0.5,
    after(said) {
      // Twenty characters again: an answer may come in two pieces.
      for (const { index } of said.slice(Math.max(0, looked - 20)).matchAll(APPLIED)) {
        const place = Math.max(0, looked - 20) + index
        if (place < looked - 16) continue
        left -= 1
        if (left === 0) end = place
      }
      looked = said.length
      return end
    },
  }
}

/** A proxy that loses a hundred answers, and somebody who sends and reads through it. */
async function losing(via: DurableVia, upstream: number, chance: Chance) {
  const repeated: string[] = []
  const rewrite = (bytes: Buffer): Buffer => {
    repeated.push(...(bytes.toString('latin1').match(REPEATED) ?? []))
    return bytes
  }
  const plan: CutPlan = (cuts) => (cuts < CUTS ? beforeAnswer(chance) : null)
  const proxy = new CuttingProxy({ upstream, plan, rewrite })
  onTestFinished(() => proxy.close())
  const url = `${await proxy.listen()}/v1/stream/${via}`
  await createStream(url)
  return { proxy, repeated, traveller: new Traveller(via, url, { base: 5, cap: 20 }) }
}

test('a hundred lost answers to appends cost nothing and double nothing, over any carrier', async () => {
  const seed = randomInt(2 ** 31)
  console.log(`lost answers with seed ${seed}`)
  const chance = chanceFrom(seed)
  const { port } = await startServer({ retention: { records: 1_000_000 } })
  const losses = await Promise.all(CARRIERS.map((via) => losing(via, port, chance)))
  await Promise.all(
    losses.map(async ({ traveller, proxy }) => {
      // Connections that were open already when the last cut was made have theirs before them.
      await soon(() => expect(proxy.cuts).toBeGreaterThanOrEqual(CUTS))
      await traveller.finish()
    }),
  )
  for (const { traveller, repeated } of losses) {
    await expectExactlyOnce(traveller)
    // Each loss made the client ask again, and the server say that it knows. Of those answers most were lost in their turn.
    expect(repeated.length, traveller.via).toBeGreaterThan(5)
  }
}, 120_000)
