import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumFile } from '../../engines/installed.ts'
import { type PageRig, startPageRig } from './page-rig.ts'
import { token } from './viewer-server.ts'

let rig: PageRig

const hashOf = (page: Page): string => decodeURIComponent(new URL(page.url()).hash)
const pressed = (page: Page, name: string) => page.getByRole('button', { name }).getAttribute('aria-pressed')

/** The chart's point in the middle of the canvas, and its scale. */
const seen = (page: Page): Promise<number[]> =>
  page.locator('.chart svg').evaluate((svg) => {
    const [x = 0, y = 0, width = 0, height = 0] = (svg.getAttribute('viewBox') ?? '').split(' ').map(Number)
    return [x + width / 2, y + height / 2, (100 * svg.clientWidth) / width].map(Math.round)
  })

async function shown(options: Parameters<PageRig['open']>[0]): Promise<Page> {
  const page = await rig.open(options)
  await page.locator('.chart .state.active').first().waitFor()
  return page
}

describe.skipIf(chromiumFile() === undefined)('the camera in the address', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    rig = await startPageRig()
  }, 60_000)
  afterAll(() => rig?.close())

  test('is there once a hand has moved it, and puts it there again, in a window of another size too', async () => {
    const page = await shown({})
    await expect.poll(() => hashOf(page)).toMatch(/^#chat-web#1\/[^/]+$/)
    await page.getByRole('button', { name: 'Detail' }).click()
    await page.getByRole('button', { name: 'Zoom in' }).click()
    const box = (await page.locator('.canvas').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.move(box.x + 300, box.y + 200)
    await page.mouse.down()
    await page.mouse.move(box.x + 240, box.y + 160, { steps: 3 })
    await page.mouse.up()
    const [x, y, zoom] = await seen(page)
    await expect.poll(() => hashOf(page)).toContain(`////detail~${x}~${y}~${zoom}`)
    const { hash } = new URL(page.url())

    const other = await shown({ hash: `#token=${token}&at=${hash.slice(1)}`, viewport: { width: 1100, height: 700 } })
    await expect.poll(() => pressed(other, 'Detail')).toBe('true')
    await expect.poll(() => seen(other)).toEqual([x, y, zoom])
    expect(hashOf(other)).toBe(hashOf(page))

    // It stands where it was when the room changes, and goes out of the address when it follows again.
    await other.setViewportSize({ width: 1300, height: 800 })
    await expect.poll(() => other.locator('.canvas').evaluate((canvas) => canvas.clientWidth)).toBeGreaterThan(600)
    await expect.poll(() => seen(other)).toEqual([x, y, zoom])
    await other.getByRole('button', { name: 'Follow' }).click()
    await expect.poll(() => hashOf(other)).not.toContain('~')
    // An address that is typed into the bar moves it at once.
    await other.evaluate((address) => {
      location.hash = address
    }, hash)
    await expect.poll(() => seen(other)).toEqual([x, y, zoom])
    await other.getByRole('treeitem', { name: /presence/ }).click()
    await expect.poll(() => hashOf(other)).not.toContain('~')
    expect(await pressed(other, 'Follow')).toBe('true')
    await page.context().close()
    await other.context().close()
    expect(rig.complaints).toEqual([])
  })

  test('beyond the chart shows its rim', async () => {
    const page = await shown({})
    await expect.poll(() => hashOf(page)).toMatch(/^#chat-web#1\/[^/]+$/)
    await page.evaluate(() => {
      location.hash = `${location.hash}////overview~99999~-99999~100`
    })
    const rim = () =>
      page.locator('.chart svg').evaluate((svg) => {
        const [x = 0, y = 0, width = 0, height = 0] = (svg.getAttribute('viewBox') ?? '').split(' ').map(Number)
        return { right: x + width / 2, top: y + height / 2 }
      })
    await expect.poll(async () => (await rim()).top).toBeLessThan(1)
    expect((await rim()).right).toBeLessThan(9_999)
    await page.context().close()
    expect(rig.complaints).toEqual([])
  })
})
