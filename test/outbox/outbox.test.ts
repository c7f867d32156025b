import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EngineName, missingEngines } from '../engines/installed.ts'
import { type Engine, startEngine } from '../natives/engines.ts'
import { printedSeed, randomFrom } from '../natives/log.ts'
import { startTabbed, type TabbedBrowser, type TabbedEngine } from './browsers.ts'
import type { Told } from './page/told.ts'
import { expectDelivered, openStage, type Stage } from './stage.ts'

const ENGINES: EngineName[] = ['chromium', 'firefox', 'webkit']
/** CI has a quarter of an hour. */
const inCI = process.env.CI === 'true'
const TABBED: TabbedEngine[] = inCI ? ['chromium'] : ['chromium', 'firefox']
const VIA = ['sse', 'websocket'] as const
const RELOADS = inCI ? 3 : 6

/**
 * How much a page sends that is going to be reloaded: more than it can before, so that the reload hits it in the middle of a
 * write. In WebKit no more than it has written by then: a transaction that is cut off there may hold its slot until the tab is
 * closed (see src/producer/indexed-db-slot.ts), and the driver's tab takes its data along when it is.
 */
function recordsBefore(reload: number, engine: EngineName): number {
  return engine === 'webkit' ? reload : 100_000
}

/** Waits until the stream holds so many records of a life, or all that the oracle asks for. */
async function delivered({ pages, log }: Stage): Promise<void> {
  const missing = (): object[] => {
    const counts = new Map<string, number>()
    for (const { life } of log()) counts.set(life, (counts.get(life) ?? 0) + 1)
    return pages
      .lives()
      .map((told) => ({ ...told, delivered: counts.get(told.life) ?? 0 }))
      .filter((told) => told.delivered < told.accepted)
  }
  await expect.poll(missing, { timeout: 30_000, interval: 50 }).toEqual([])
  expectDelivered(log(), pages.lives())
}

const accepted = (count: number) => (told: Told) => told.accepted >= count
/** Stored, and forgotten by the outbox: a page that is left then is in the middle of nothing. */
const stored = (count: number) => (told: Told) => told.stored >= count && told.writing === 0

describe.each(ENGINES)('in %s', (name) => {
  describe.skipIf(missingEngines().includes(name))('pages on one outbox', { timeout: 90_000 }, () => {
    let engine: Engine
    beforeAll(async () => {
      engine = await startEngine(name)
    }, 60_000)
    afterAll(() => engine?.close())

    it.each(VIA)('deliver everything once over %s, however often the page is reloaded while it sends', async (via) => {
      const random = randomFrom(printedSeed(`reloads over ${via} in ${name}`))
      const stage = await openStage(random)
      const { pages, url } = stage
      for (let life = 1; life <= RELOADS; life++) {
        const reload = 1 + Math.floor(random() * 200)
        // Nothing of every other life gets out before the page is gone.
        const silent = name === 'webkit' || life % 2 === 0
        if (silent) stage.shut()
        await engine.visit(pages.page({ tab: 'a', url, via, records: recordsBefore(reload, name) }))
        await pages.until('a', accepted(reload), life)
        stage.open()
      }
      await engine.visit(pages.page({ tab: 'a', url, via, records: 50 }))
      await pages.until('a', stored(50), RELOADS + 1)
      await delivered(stage)
      const lives = pages.lives()
      expect(lives.flatMap(({ failures }) => failures)).toEqual([])
      expect(lives.map(({ claimed }) => claimed?.found)).toEqual(['new', ...Array(RELOADS).fill('kept')])
      expect(new Set(lives.map(({ claimed }) => `${claimed?.id} ${claimed?.epoch}`)).size).toBe(1)
    })

    it('send side by side, each as a producer of its own', async () => {
      const stage = await openStage(randomFrom(printedSeed(`side by side in ${name}`)))
      const { pages, url } = stage
      const task = { url, via: 'sse', records: 400 } as const
      const page = pages.page({ ...task, tab: 'a' }, { ...task, tab: 'b' })
      for (const life of [1, 2]) {
        await engine.visit(page)
        await Promise.all(['a', 'b'].map((tab) => pages.until(tab, stored(400), life)))
      }
      await delivered(stage)
      const lives = pages.lives()
      expect(lives.flatMap(({ failures }) => failures)).toEqual([])
      expect(lives.map(({ claimed }) => claimed?.found)).toEqual(['new', 'new', 'kept', 'kept'])
      for (const pair of [lives.slice(0, 2), lives.slice(2)])
        expect(new Set(pair.map(({ claimed }) => claimed?.id)).size).toBe(2)
    })

    it('deliver what pages before them have left', async () => {
      const stage = await openStage(randomFrom(printedSeed(`left behind in ${name}`)))
      const { pages, url } = stage
      const task = { url, via: 'sse', records: 60 } as const
      stage.shut()
      await engine.visit(pages.page({ ...task, tab: 'a' }, { ...task, tab: 'b' }))
      await Promise.all(['a', 'b'].map((tab) => pages.until(tab, accepted(60))))
      await engine.visit(pages.page({ ...task, tab: 'c', records: 10 }))
      // Opened any earlier, a page that takes its time to leave still delivers what it was to leave behind.
      await pages.until('c', accepted(10))
      stage.open()
      await pages.until('c', stored(10))
      await delivered(stage)
      expect(stage.log()).toHaveLength(130)
      const [one, other, heir] = pages.lives()
      expect([heir?.claimed?.id, ...(heir?.inherited ?? [])].sort()).toEqual(
        [one?.claimed?.id, other?.claimed?.id].sort(),
      )
    })
  })
})

describe.each(TABBED)('in %s', (name) => {
  describe.skipIf(missingEngines().includes(name))('two tabs on one outbox', { timeout: 90_000 }, () => {
    let browser: TabbedBrowser
    beforeAll(async () => {
      browser = await startTabbed(name)
    }, 60_000)
    afterAll(() => browser?.close())

    it('the one delivers what the other could not send before it died', async () => {
      const stage = await openStage(randomFrom(printedSeed(`death in ${name}`)))
      const { pages, url } = stage
      const task = { url, via: 'sse' } as const
      await browser.open(pages.page({ ...task, tab: 'heir', records: 20 }))
      const before = await pages.until('heir', stored(20))
      stage.shut()
      const owner = await browser.open(pages.page({ ...task, tab: 'owner', records: 60 }))
      const left = await pages.until('owner', accepted(60))
      await browser.kill(owner)
      stage.open()
      const after = await pages.until('heir', ({ inherited }) => inherited.length > 0)
      await delivered(stage)
      expect(stage.log()).toHaveLength(80)
      expect(left.claimed?.id).not.toBe(before.claimed?.id)
      expect(after).toMatchObject({ life: before.life, inherited: [left.claimed?.id], failures: [] })

      // The producer that was taken over and emptied is there for the next tab.
      await browser.open(pages.page({ ...task, tab: 'next', records: 10 }))
      const next = await pages.until('next', stored(10))
      expect(next.claimed).toEqual({ ...left.claimed, found: 'kept' })
      await delivered(stage)
      expect(stage.log()).toHaveLength(90)
    })

    // Only Chromium's debugging protocol makes a disk full for one origin.
    if (name === 'chromium') it('a full disk refuses what comes, and keeps what is there', () => fullDisk(browser))
  })
})

async function fullDisk(browser: TabbedBrowser): Promise<void> {
  const stage = await openStage(randomFrom(printedSeed('full disk in chromium')))
  const { pages, url } = stage
  const task = { tab: 'a', url, via: 'sse' } as const
  stage.shut()
  const page = await browser.open(pages.origin)
  await browser.setQuota(page, 200_000)
  await page.goto(pages.page({ ...task, records: 20 }))
  await pages.until('a', accepted(20))
  await page.goto(pages.page({ ...task, records: 3, padding: 300_000 }))
  const refused = await pages.until('a', ({ failures }) => failures.length === 3, 2)
  expect(refused).toMatchObject({ claimed: { found: 'kept' }, accepted: 0 })
  expect(new Set(refused.failures)).toEqual(new Set(['outbox_failed']))
  await browser.setQuota(page)
  stage.open()
  await page.goto(pages.page({ ...task, records: 10 }))
  await pages.until('a', stored(10), 3)
  await delivered(stage)
  expect(stage.log()).toHaveLength(30)
}
