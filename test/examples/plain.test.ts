import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Example, startExample } from '../../docs/examples/run.ts'
import { chromiumFile, chromiumFlags } from '../engines/installed.ts'

const executablePath = chromiumFile()
const patience = { timeout: 30_000 }

let browser: Browser
let example: Example
beforeAll(async () => {
  if (executablePath === undefined) return
  example = await startExample('plain', { tokenMs: 12 })
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
  'the plain example shows an answer that survives a cut in the middle, with nothing lost or repeated',
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
