import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missingEngines } from '../engines/installed.ts'
import { printedSeed, randomFrom } from '../natives/log.ts'
import {
  type BrowserStage,
  type BrowserTab,
  debuggerOf,
  expectAll,
  roles,
  soon,
  startEngineWithTabs,
  type TabbedEngineRig,
} from './browser-rig.ts'
import type { Sent } from './page/seen.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

async function expectReaders({ readers }: BrowserStage, count: number): Promise<void> {
  await expect.poll(readers, soon).toBe(count)
}

/** A leader is gone while the stream flows, and then the next one, until one tab is left. */
async function outlive(stage: BrowserStage, random: () => number, end: (tab: BrowserTab) => Promise<void>) {
  const { write, written } = stage
  let tabs = await stage.openAll(3)
  while (tabs.length > 1) {
    await write(100 + Math.floor(random() * 400))
    const { leader, others } = await roles(tabs)
    const writing = write(500 + Math.floor(random() * 1_500))
    await end(leader)
    await writing
    await expectAll(others, written())
    await expectReaders(stage, 1)
    tabs = others
  }
}

async function sendOnce(stage: BrowserStage, random: () => number, end: (tab: BrowserTab) => Promise<void>) {
  const { leader, others } = await roles(await stage.openAll(3))
  const log = (): Sent[] => stage.stream.read(0, Number.POSITIVE_INFINITY).map(({ value }) => value as Sent)
  await Promise.all(others.map((tab, n) => tab.send(`${n}`, 300)))
  const before = Math.floor(random() * 400)
  await expect.poll(() => log().length, soon).toBeGreaterThanOrEqual(before)
  await end(leader)
  for (const tab of others) {
    await expect.poll(async () => (await tab.seen()).stored, soon).toBe(300)
    expect((await tab.seen()).failures).toEqual([])
  }
  for (const n of others.keys())
    expect(
      log()
        .filter(({ tab }) => tab === `${n}`)
        .map((sent) => sent.n),
    ).toEqual(numbers(300))
}

/** CI has a quarter of an hour: there one engine, by hand both. */
const ENGINES = process.env.CI === 'true' ? (['chromium'] as const) : (['chromium', 'firefox'] as const)

describe.each(ENGINES)('in %s', (name) => {
  describe.skipIf(missingEngines().includes(name))('three tabs', { timeout: 30_000 }, () => {
    let engine: TabbedEngineRig
    beforeAll(async () => {
      engine = await startEngineWithTabs(name)
    }, 60_000)
    afterAll(() => engine?.close())

    const seeded = (what: string) => randomFrom(printedSeed(`${what} in ${name}`))
    const close = ({ page }: BrowserTab) => page.close()

    it.each(['sse', 'websocket'] as const)('read over one %s, also who comes late', async (via) => {
      const stage = await engine.stage(via)
      await stage.write(50)
      const tabs = await stage.openAll(2)
      await stage.write(200)
      await expectAll(tabs, stage.written())
      const late = await stage.open()
      await expectAll([...tabs, late], stage.written())
      await expectReaders(stage, 1)
      const dials = await Promise.all([...tabs, late].map(async (tab) => (await tab.seen()).dials))
      expect(dials.sort()).toEqual([0, 0, 1])
      await Promise.all([...tabs, late].map(close))
      await expectReaders(stage, 0)
    })

    it('lose nothing when their leader is closed', async () => {
      await outlive(await engine.stage('sse'), seeded('closed leaders'), close)
    })

    it('store once what followers send, also while their leader is closed', async () => {
      await sendOnce(await engine.stage('sse'), seeded('senders'), close)
    })

    // Only Chromium's debugging protocol ends and halts a tab.
    if (name === 'chromium') {
      it('lose nothing when their leader crashes', async () => {
        await outlive(await engine.stage('sse'), seeded('crashed leaders'), ({ page }) => engine.kill(page))
      })

      it('go on at once when their leader hears that it will be frozen', async () => {
        // So patient that only a leader that gives up the lead itself can be followed by another in time.
        const stage = await engine.stage('sse', 600_000)
        const { leader, others } = await roles(await stage.openAll(3))
        const session = await debuggerOf(leader)
        await session.send('Debugger.enable')
        const paused = new Promise((resolve) => session.once('Debugger.paused', resolve))
        const writing = stage.write(1_000)
        // The driver keeps every tab visible, and visible tabs are never frozen: the event is ours, the standstill the debugger's.
        await leader.page.evaluate(`document.dispatchEvent(new Event('freeze')), void setTimeout('debugger')`)
        await paused
        await writing
        await expectAll(others, stage.written())
        await session.send('Debugger.disable')
        await stage.write(100)
        await expectAll([leader, ...others], stage.written())
        await expectReaders(stage, 1)
        expect((await roles([leader, ...others])).leader).not.toBe(leader)
      })

      it('take the lead from one that hangs, which follows when it comes back', async () => {
        const stage = await engine.stage('sse')
        const { leader, others } = await roles(await stage.openAll(3))
        const session = await debuggerOf(leader)
        await session.send('Debugger.enable')
        const paused = new Promise((resolve) => session.once('Debugger.paused', resolve))
        await session.send('Debugger.pause')
        const writing = stage.write(1_000)
        await paused
        await writing
        await expectAll(others, stage.written())
        await stage.write(100)
        await session.send('Debugger.disable')
        await stage.write(100)
        await expectAll([leader, ...others], stage.written())
        await expectReaders(stage, 1)
        expect((await roles([leader, ...others])).leader).not.toBe(leader)
      })
    }
  })
})
