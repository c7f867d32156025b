import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { chromiumFile } from '../../engines/installed.ts'
import { tellHostile } from '../panels/hostile.ts'
import { type PageRig, startPageRig } from './page-rig.ts'
import { type ViewerServer, viewerServer } from './viewer-server.ts'
import { leave } from './visit.ts'

let rig: PageRig
let strangers: ViewerServer

/** What is wider than the room it has, of the page and its parts. */
const wider = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.page, .body, .timeline, .timeline-head, .right, .panel')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ className, scrollWidth, clientWidth }) => `${className}: ${scrollWidth} in ${clientWidth}`),
  )

const colour = (page: Page, selector: string): Promise<string> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => getComputedStyle(element).backgroundColor)

describe.skipIf(chromiumFile() === undefined)('the page', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    rig = await startPageRig()
    strangers = await viewerServer(rig.directory)
    const { session } = tellHostile()
    strangers.greet = () => session.apps.map(({ key }) => ({ app: key, messages: session.told(key) }))
  }, 60_000)
  afterAll(async () => {
    await rig?.close()
    await strangers?.close()
  })

  test.each([1440, 1024, 390])('is %i pixels wide whatever the names in it are', async (width) => {
    const page = await rig.open({ at: strangers, viewport: { width, height: 844 } })
    onTestFinished(() => leave(rig, page))
    await expect.poll(() => page.locator('.timeline .caption').textContent()).not.toBe('')
    for (const key of ['1', '2', '3', '4', '5', '6']) {
      await page.keyboard.press(key)
      await page.locator(`[role=tab]:nth-child(${key})[aria-selected=true]`).waitFor({ state: 'attached' })
      await page.locator('.right :is(.panel, .panel-empty)').first().waitFor({ state: 'attached' })
      expect(await wider(page)).toEqual([])
    }
  })

  test('keeps the controls off the chart where its middle is narrow', async () => {
    const page = await rig.open({ viewport: { width: 1024, height: 700 } })
    onTestFinished(() => leave(rig, page))
    await page.locator('.chart .state').first().waitFor({ state: 'attached' })
    const [canvas, controls] = await Promise.all(
      ['.canvas', '.canvas-controls'].map((selector) => page.locator(selector).boundingBox()),
    )
    expect(controls?.y).toBeGreaterThanOrEqual((canvas?.y ?? 0) + (canvas?.height ?? 0))
  })

  test('shows phases and what is selected where the system chooses the colours', async () => {
    const page = await rig.open({ forcedColors: 'active' })
    onTestFinished(() => leave(rig, page))
    await page.locator('.tree-row[aria-selected=true]').waitFor()
    expect(await colour(page, '.tree-row[aria-selected=true] .dot')).not.toBe(await colour(page, 'body'))
    expect(await colour(page, '.tree-row[aria-selected=true]')).not.toBe(
      await colour(page, '.tree-row[aria-selected=false]'),
    )
    expect(await colour(page, '[aria-pressed=true]')).not.toBe(await colour(page, '[aria-pressed=false]'))
  })
})
