import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type EngineName, missingEngines } from '../engines/installed.ts'
import { cutsInPositions, noCuts, POSITION_BYTES, randomCuts } from './cut-plans.ts'
import type { CutPlan } from './cutting-proxy.ts'
import { type Engine, startEngine } from './engines.ts'
import { expectLog, type LogRecord, printedSeed, randomFrom, recordsFrom } from './log.ts'
import { feed, type Origin, startOrigin, TOKEN } from './origin.ts'
import type { PageReport } from './page/task.ts'
import { type PageName, type PageServer, startPageServer } from './page-server.ts'

/** CI has a quarter of an hour. */
const ENGINES: EngineName[] = process.env.CI === 'true' ? ['chromium'] : ['chromium', 'firefox', 'webkit']
const PAGES: PageName[] = ['EventSource', 'WebSocket']

/** So many bytes lie between two cuts. Firefox waits half a second at least before it comes back. */
const STEPS: Record<EngineName, number> = { chromium: 1, firefox: 6, webkit: 1 }

describe.each(ENGINES)('in %s', (name) => {
  describe.skipIf(missingEngines().includes(name))('a page of another origin', { timeout: 60_000 }, () => {
    let engine: Engine
    beforeAll(async () => {
      engine = await startEngine(name)
    }, 60_000)
    afterAll(() => engine?.close())

    it.each(PAGES)('reads every record once across cuts with the native %s', async (page) => {
      const random = randomFrom(printedSeed(`${page} in ${name}`))
      const records = recordsFrom(random, 1_200)
      const { origin, report } = await read(engine, page, randomCuts({ random, cuts: 22, bytes: 3_300 }), records)
      expectLog(report.records, records)
      expect(origin.proxy.cuts).toBeGreaterThanOrEqual(20)
      // The other cuts fell into what was being read, and these ones are all that a native reader does not get over.
      expect(report.opened).toBeGreaterThan(10)
      expect(report.gaveUp).toBeLessThanOrEqual(origin.proxy.headCuts)
    })

    it('takes no position out of an event that was cut off', async () => {
      const records = recordsFrom(randomFrom(printedSeed(`positions in ${name}`)), 100)
      const { origin, report } = await read(engine, 'EventSource', cutsInPositions(STEPS[name]), records)
      expectLog(report.records, records)
      expect(origin.proxy.cuts).toBeGreaterThanOrEqual(2 * Math.floor(POSITION_BYTES / STEPS[name]))
      expect(report.gaveUp).toBe(0)
    })

    it.each(PAGES)('sees nothing with the native %s when it is not on the list', async (page) => {
      const origin = await startOrigin({ plan: noCuts }, { origins: ['https://somebody.example'] })
      await origin.stream.append({ n: 1 })
      await origin.stream.close()
      const report = await visit(engine, page, await openPageServer(), origin)
      expect(report.failure).not.toBe(null)
      expect(report).toMatchObject({ records: [], opened: 0 })
    })
  })
})

/** Has a page read a log that grows meanwhile. */
async function read(
  engine: Engine,
  page: PageName,
  plan: CutPlan,
  records: readonly LogRecord[],
): Promise<{ origin: Origin; report: PageReport }> {
  const pageServer = await openPageServer()
  const origin = await startOrigin({ plan, rewrite: hurried }, { origins: [pageServer.origin] })
  const feeding = feed(origin, records)
  const report = await visit(engine, page, pageServer, origin)
  expect(report.failure).toBe(null)
  await feeding
  expect(origin.reports).toEqual([])
  const { cuts, headCuts } = origin.proxy
  console.info(`${cuts} cuts, ${headCuts} in a head; open ${report.opened} times, gave up ${report.gaveUp} times`)
  return { origin, report }
}

async function openPageServer(): Promise<PageServer> {
  const pageServer = await startPageServer()
  onTestFinished(() => pageServer.close())
  return pageServer
}

async function visit(engine: Engine, page: PageName, pageServer: PageServer, origin: Origin): Promise<PageReport> {
  const { url, directUrl } = origin
  await engine.visit(await pageServer.page(page, { url, directUrl, token: TOKEN }))
  return pageServer.report
}

/** The server asks native clients to wait 1 to 3 s, which would make minutes of these cuts; the length has to stay. */
function hurried(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replace(/^retry: \d{4}$/m, 'retry: 0010'), 'latin1')
}
