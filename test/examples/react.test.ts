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
  example = await startExample('react', { tokenMs: 12 })
  browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await example?.close()
})

/** What the page counts, by its names for it. */
async function counted(page: Page): Promise<Record<string, number>> {
  const text = (await page.textContent('.counter')) ?? ''
  return Object.fromEntries([...text.matchAll(/(\w+) (\d+)/g)].map(([, name, count]) => [name, Number(count)]))
}

test.skipIf(executablePath === undefined)(
  'the React example shows an answer that survives a cut in the middle, on one socket and with few renders',
  async () => {
    const page = await browser.newPage({ viewport: { width: 720, height: 760 }, colorScheme: 'light' })
    const failures: string[] = []
    page.on('pageerror', (error) => failures.push(error.message))
    await page.goto(`${example.url}?room=cut`)
    await page.waitForSelector('.pill[data-state=connected]', patience)
    await expect.poll(() => example.sockets(), patience).toBe(1)

    await page.fill('input', 'What happens when I cut the line?')
    await page.click('button[type=submit]')
    await page.waitForSelector('li[data-role=assistant][data-state=streaming]', patience)
    await page.click('button.harm')
    await page.waitForSelector('.pill[data-state=reconnecting]', patience)
    await page.waitForSelector('.pill[data-state=connected]', patience)
    await page.waitForSelector('li[data-role=assistant][data-state=complete]', patience)

    expect(await page.textContent('li[data-role=user]')).toBe('What happens when I cut the line?')
    expect(await page.textContent('li[data-role=assistant]')).toMatch(/^I did not notice .* all of it, in order\.$/)
    const { chat = Number.NaN, lost, received, repeated } = await counted(page)
    expect({ lost, repeated }).toEqual({ lost: 0, repeated: 0 })
    expect(received).toBeGreaterThan(20)
    // idle, connecting, connected, reconnecting, connected, and what StrictMode does twice: none of them for a token.
    expect(chat).toBeLessThan(10)
    expect(example.sockets()).toBe(1)
    expect(failures).toEqual([])
    await page.close()
    await expect.poll(() => example.sockets(), patience).toBe(0)
  },
  60_000,
)
