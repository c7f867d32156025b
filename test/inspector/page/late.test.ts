import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { chromiumFile } from '../../engines/installed.ts'
import { type PageRig, startPageRig } from './page-rig.ts'
import { showOnline } from './visit.ts'

let rig: PageRig
let page: Page

const here = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))

/** What the page asks for from now on waits. @returns lets it through. */
async function holdScripts(): Promise<() => void> {
  let release = (): void => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route('**/*.js', async (route) => {
    await released
    await route.continue()
  })
  return () => release()
}

describe.skipIf(chromiumFile() === undefined)('a part that is loaded late', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    rig = await startPageRig()
  }, 60_000)
  afterAll(() => rig?.close())
  afterEach(() => page.context().close())

  const open = async (): Promise<void> => {
    page = await rig.open()
    await showOnline(rig, page)
  }

  test('makes up for the keys that were pressed on the chart before it was there', async () => {
    await open()
    const release = await holdScripts()
    await page.locator('.paper [role=treeitem][tabindex="0"]').focus()
    expect(await here()).toBe('flowing, active')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    expect(await here()).toBe('flowing, active')
    release()
    await expect.poll(here).toBe('connected, active')
    expect(await page.locator('.chart .ring').count()).toBe(1)
  })

  test('calls nobody back who has gone on since', async () => {
    await open()
    const release = await holdScripts()
    await page.locator('.paper [role=treeitem][tabindex="0"]').focus()
    await page.keyboard.press('Escape')
    const fit = page.getByRole('button', { name: 'Fit', exact: true })
    await fit.focus()
    const loaded = page.waitForResponse(/onlooker/)
    release()
    await (await loaded).finished()
    // What is pointed at now is shown by those who were late: they are there.
    await page.locator('.chart .chip').first().hover()
    await expect.poll(() => page.locator('.particulars').count()).toBe(1)
    expect(await fit.evaluate((button) => button === document.activeElement)).toBe(true)
    expect(await page.locator('.chart .ring').count()).toBe(0)
  })

  test('opens the palette with what was typed meanwhile, and runs commands in the order of their keys', async () => {
    await open()
    const release = await holdScripts()
    for (const key of ['3', '2', 'Control+k', 'f', 'x', 'Backspace', 'i']) await page.keyboard.press(key)
    release()
    await expect.poll(() => page.getByRole('combobox', { name: 'Command' }).inputValue()).toBe('fi')
    expect(await page.getByRole('option').first().textContent()).toContain('Fit the chart')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('tab', { selected: true }).textContent()).toBe('Sequence')
  })

  test('says so when it cannot be loaded', async () => {
    await open()
    await page.route('**/*.js', (route) => route.abort())
    const notice = page.locator('.notice')
    await page.keyboard.press('Control+k')
    await expect.poll(() => notice.textContent()).toMatch(/commands could not be loaded/)
    await page.locator('.paper [role=treeitem][tabindex="0"]').focus()
    await expect.poll(() => notice.textContent()).toMatch(/looks at the chart could not be loaded/)
  })
})
