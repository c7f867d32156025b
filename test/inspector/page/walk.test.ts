import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumFile } from '../../engines/installed.ts'
import { type PageRig, picture, startPageRig, violations } from './page-rig.ts'
import { leave, showOnline } from './visit.ts'

let rig: PageRig
let page: Page

const here = () =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent)
const ring = () => page.locator('.chart .ring').boundingBox()
const card = () => page.locator('.particulars')
const walkInto = async (): Promise<void> => {
  await page.locator('.paper [role=treeitem][tabindex="0"]').focus()
}

describe.skipIf(chromiumFile() === undefined)('somebody who looks at the chart', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    rig = await startPageRig()
  }, 60_000)
  afterAll(() => rig?.close())
  afterEach(() => leave(rig, page))

  test.each(['dark', 'light'] as const)(
    'walks it with the arrow keys, and sees and hears where they are, %s',
    async (colorScheme) => {
      page = await rig.open({ colorScheme })
      await showOnline(rig, page)
      await walkInto()
      expect(await here()).toBe('flowing, active')
      const inner = await ring()
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      expect(await here()).toBe('connected, active')
      expect((await ring())?.height).toBeGreaterThan(inner?.height ?? 0)
      await page.keyboard.press('ArrowRight')
      const first = await here()
      expect(first).toMatch(/: to \S+, /)
      await page.keyboard.press('ArrowDown')
      expect(await here()).not.toBe(first)
      await expect.poll(() => card().textContent()).toMatch(/From.+To/)
      expect(await page.locator('.chart .edge.looked').count()).toBe(1)
      expect(await violations(page)).toEqual([])
      await picture(page, `walk-${colorScheme}`)
      await page.keyboard.press('Enter')
      expect(await here()).not.toContain(': to ')
      await page.keyboard.press('Home')
      expect(await here()).toBe('idle')
      await page.keyboard.press('End')
      expect(await here()).toBe('closed')
      // The page's own arrows would have stepped back in time.
      expect(await page.locator('button.pill').textContent()).toBe('Live')
      await page.keyboard.press('Tab')
      await expect.poll(() => page.locator('.chart .ring').count()).toBe(0)
    },
  )

  test('has what they stand on in sight, however far it was', async () => {
    page = await rig.open({ viewport: { width: 1000, height: 620 } })
    await showOnline(rig, page)
    await page.getByRole('button', { name: 'Detail' }).click()
    await walkInto()
    for (const key of ['End', 'Home']) {
      await page.keyboard.press(key)
      const canvas = (await page.locator('.canvas').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
      await expect
        .poll(async () => {
          const box = await ring()
          return (
            box !== null &&
            box.y >= canvas.y &&
            box.x >= canvas.x &&
            box.y + box.height <= canvas.y + canvas.height &&
            box.x + box.width <= canvas.x + canvas.width
          )
        })
        .toBe(true)
    }
  })

  test('is told by pointing at a transition where it really begins and ends, and what it does', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await page.locator('.chart .chip.event', { hasText: 'outbox.drained' }).hover()
    await expect.poll(() => card().textContent()).toContain('on outbox.drained')
    expect(await card().textContent()).toContain('Ifclosing')
    expect(await page.locator('.chart .state.end .title').allTextContents()).toEqual(
      expect.arrayContaining(['closed', 'reconnecting']),
    )
    expect(await violations(page)).toEqual([])
    await page.mouse.move(5, 5)
    await expect.poll(() => card().count()).toBe(0)
  })

  test('stands on the state that they click', async () => {
    page = await rig.open()
    await showOnline(rig, page)
    await page.locator('.chart .state .title', { hasText: /^error$/ }).click()
    await expect.poll(here).toBe('error')
    await page.keyboard.press('ArrowLeft')
    expect(await here()).not.toBe('error')
  })

  test('reads numbers instead of movement when they asked for stillness', async () => {
    page = await rig.open({ reducedMotion: 'reduce' })
    await showOnline(rig, page)
    rig.app.cut()
    await expect
      .poll(() => page.locator('.chart .badge').allTextContents())
      .toContainEqual(expect.stringMatching(/\d (ms|s)$/))
    expect(await page.locator('.chart .fill').count()).toBe(0)
    await showOnline(rig, page)
  })
})
