import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Example, startExample } from '../../docs/examples/run.ts'
import { chromiumFile, chromiumFlags } from '../engines/installed.ts'

const executablePath = chromiumFile()
const patience = { timeout: 30_000 }
const artefacts = fileURLToPath(new URL('../artefacts/examples/svelte-', import.meta.url))

let browser: Browser
let example: Example
beforeAll(async () => {
  if (executablePath === undefined) return
  example = await startExample('svelte', { tokenMs: 12 })
  browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await example?.close()
})

async function ask(page: Page, text: string): Promise<void> {
  await page.fill('input', text)
  await page.click('button[type=submit]')
}

test.skipIf(executablePath === undefined)(
  'the Svelte example shows an answer that survives a cut in the middle, with nothing lost or repeated',
  async () => {
    const page = await browser.newPage({ viewport: { width: 720, height: 760 }, colorScheme: 'light' })
    const failures: string[] = []
    page.on('pageerror', (error) => failures.push(error.message))
    await page.goto(`${example.url}?room=cut`)
    await page.waitForSelector('.pill[data-state=connected]', patience)
    await expect.poll(() => example.sockets(), patience).toBe(1)

    await ask(page, 'What happens when I cut the line?')
    await page.waitForSelector('li[data-role=assistant][data-state=streaming]', patience)
    await page.click('[data-does=cut]')
    await page.waitForSelector('.pill[data-state=reconnecting]', patience)
    await page.waitForSelector('.pill[data-state=connected]', patience)
    await page.waitForSelector('li[data-role=assistant][data-state=complete]', patience)

    expect(await page.textContent('li[data-role=user]')).toBe('What happens when I cut the line?')
    expect(await page.textContent('li[data-role=assistant]')).toMatch(/^I did not notice .* all of it, in order\.$/)
    expect(await page.textContent('.counter')).toMatch(/^received \d\d · lost 0 · repeated 0 · renders \d+$/)
    expect(example.sockets()).toBe(1)
    expect(failures).toEqual([])
    await page.close()
    await expect.poll(() => example.sockets(), patience).toBe(0)
  },
  60_000,
)

test.skipIf(executablePath === undefined)(
  'the Svelte example looks the part in the dark',
  async () => {
    for (const colorScheme of ['dark'] as const) {
      const page = await browser.newPage({ viewport: { width: 720, height: 760 }, colorScheme })
      await page.goto(`${example.url}?room=${colorScheme}`)
      await page.waitForSelector('.pill[data-state=connected]', patience)
      await ask(page, 'What happens when I cut the line?')
      await page.waitForSelector('li[data-role=assistant][data-state=complete]', patience)
      await ask(page, 'And what is a connection?')
      await page.waitForSelector('li[data-role=assistant][data-state=streaming]', patience)
      const shown = await page.screenshot({ path: `${artefacts}${colorScheme}.png` })
      expect(shown.byteLength).toBeGreaterThan(10_000)
      const sheet = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
      expect(sheet).toBe('rgb(16, 18, 23)')
      await page.close()
    }
  },
  60_000,
)
