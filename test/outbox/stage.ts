/**
 * A server with one stream, a way to it that can be closed, and the page server beside them.
 *
 * @module
 */
import { expect, onTestFinished } from 'vitest'
import { startServer } from '../../src/server/testing/rig.ts'
import type { RigStream } from '../../src/server/testing/rig-stream.ts'
import { randomCuts } from '../natives/cut-plans.ts'
import { type CutPlan, CuttingProxy } from '../natives/cutting-proxy.ts'
import type { Sent, Told } from './page/told.ts'
import { type PageServer, startPageServer } from './page-server.ts'

/** The name of the stream. */
const LOG = 'log'

export interface Stage {
  readonly pages: PageServer
  readonly stream: RigStream
  readonly proxy: CuttingProxy
  /** The stream as pages reach it. */
  readonly url: string
  /** Cuts what is open, and lets nothing through any more. */
  shut(): void
  open(): void
  /** Everything that is in the stream. */
  log(): readonly Sent[]
}

/** Everything is gone again when the test is over. */
export async function openStage(random: () => number): Promise<Stage> {
  const pages = await startPageServer()
  const { server, port, reports } = await startServer({ origins: [pages.origin] })
  const stream = server.stream(LOG, 'application/json')
  let isShut = false
  // Uploads are what matters here: half of the cuts count the page's bytes.
  const cuts = randomCuts({ random, cuts: 40, bytes: 20_000, alsoUploads: true })
  const plan: CutPlan = (done) => {
    if (isShut) return { of: 'client', abrupt: true, after: () => 0 }
    return cuts(done)
  }
  const proxy = new CuttingProxy({ upstream: port, plan })
  const address = await proxy.listen()
  onTestFinished(() => proxy.close())
  onTestFinished(() => expect(reports).toEqual([]))
  return {
    pages,
    stream,
    proxy,
    url: `${address}/v1/stream/${LOG}`,
    shut() {
      isShut = true
      proxy.cutAll()
    },
    open() {
      isShut = false
    },
    log: () => stream.read(0, Number.POSITIVE_INFINITY).map(({ value }) => value as Sent),
  }
}

/**
 * The oracle. Each life's records are in the stream once, in order and without a hole, as far at least as it had told; and who
 * went on as the same producer comes behind who was it before.
 */
export function expectDelivered(log: readonly Sent[], lives: readonly Told[]): void {
  for (const { tab, life, accepted } of lives) {
    const found = log.filter((sent) => sent.life === life).map(({ n }) => n)
    expect(found, `life ${life} of tab ${tab}`).toEqual(found.map((_, n) => n))
    expect(found.length, `life ${life} of tab ${tab}`).toBeGreaterThanOrEqual(accepted)
  }
  const known = new Set(lives.map(({ life }) => life))
  expect(log.filter(({ life }) => !known.has(life))).toEqual([])
  for (const producer of new Set(lives.map(({ claimed }) => claimed?.id))) {
    const owners = lives.filter(({ claimed }) => claimed?.id === producer).map(({ life }) => life)
    const turns = log.map(({ life }) => owners.indexOf(life)).filter((turn) => turn !== -1)
    expect(turns, `the lives of producer ${producer}`).toEqual([...turns].sort((one, other) => one - other))
  }
}
