import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Example, startExample } from '../../docs/examples/run.ts'
import { chromiumFile, chromiumFlags } from '../engines/installed.ts'

const executablePath = chromiumFile()
const artefacts = fileURLToPath(new URL('../artefacts/examples/', import.meta.url))
const patience = { timeout: 30_000 }

let example: Example
let browser: Browser

beforeAll(async () => {
  if (executablePath === undefined) return
  await mkdir(artefacts, { recursive: true })
  example = await startExample('vue', { tokenMs: 20 })
  browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
}, 60_000)
afterAll(async () => {
  await browser?.close()
  await example?.close()
})

interface Screen {
  readonly page: Page
  readonly failures: readonly string[]
}

async function open(room: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Screen> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 720, height: 680 }, deviceScaleFactor: 2 })
  const page = await context.newPage()
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  page.on('console', (line) => {
    if (/\[Vue warn\]/.test(line.text())) failures.push(line.text())
  })
  await page.goto(`${example.url}?room=${room}`)
  await page.waitForSelector('.pill[data-state=connected]', patience)
  return { page, failures }
}

async function ask(page: Page, text: string): Promise<void> {
  await page.fill('input', text)
  await page.keyboard.press('Enter')
}

/** Notes each state that the pill passes through: a line may be back before anybody looks. */
async function watchPill(page: Page): Promise<() => Promise<string[]>> {
  await page.locator('.pill').evaluate((pill: HTMLElement) => {
    const passed = [pill.dataset.state]
    Reflect.set(window, 'passed', passed)
    new MutationObserver(() => passed.push(pill.dataset.state)).observe(pill, { attributeFilter: ['data-state'] })
  })
  return () => page.evaluate(() => Reflect.get(window, 'passed'))
}

const answer = '.messages li[data-role=assistant]'
const received = async (page: Page): Promise<number> => Number(await page.textContent('.counter b'))
const lost = (page: Page): Promise<string | null> => page.textContent('.counter b >> nth=1')

describe.runIf(executablePath)('the Vue example in a real browser', { timeout: 120_000 }, () => {
  test('an answer streams in, survives a cut with nothing lost, and the page leaves no socket', async () => {
    const { failures, page } = await open('cut')
    expect(example.sockets()).toBe(1)
    await ask(page, 'What is a statechart?')
    await page.waitForSelector(`${answer}[data-state=streaming]`, patience)
    const before = await received(page)
    const passed = await watchPill(page)
    await page.click('[data-does=cut]')
    await expect.poll(passed, patience).toEqual(['connected', 'reconnecting', 'connected'])
    await expect.poll(() => received(page), patience).toBeGreaterThan(before + 3)
    await page.waitForSelector(`${answer}[data-state=complete]`, patience)
    await page.waitForSelector('.pill[data-state=connected]', patience)
    expect(await lost(page)).toBe('0')
    expect(example.sockets()).toBe(1)
    expect(await page.textContent('.messages li[data-role=user]')).toBe('What is a statechart?')
    expect(failures).toEqual([])
    await page.context().close()
    await expect.poll(() => example.sockets(), patience).toBe(0)
  })

  test('what was said is there for whoever comes later, and markup is text', async () => {
    const first = await open('later')
    const markup = '<img src=x onerror=alert(1)>'
    await ask(first.page, markup)
    await first.page.waitForSelector(`${answer}[data-state=complete]`, patience)
    const second = await open('later')
    await second.page.waitForSelector(`${answer}[data-state=complete]`, patience)
    const texts = ({ page }: Screen) => page.$$eval('.messages li', (items) => items.map((item) => item.textContent))
    expect(await texts(second)).toEqual(await texts(first))
    expect(await texts(second)).toContain(markup)
    expect(await second.page.$$('.messages img')).toEqual([])
    await Promise.all([first.page.context().close(), second.page.context().close()])
  })

  test.each(['dark'] as const)('it is worth looking at: %s', async (scheme) => {
    const { failures, page } = await open(`look-${scheme}`, scheme)
    await ask(page, 'What happens to your answer when my line is cut?')
    await page.waitForSelector(`${answer}[data-state=complete]`, patience)
    await ask(page, 'And which states can it be in?')
    await page.waitForSelector(`${answer}[data-state=streaming]`, patience)
    await expect.poll(() => page.locator(answer).last().textContent(), patience).toMatch(/.{60}/)
    await page.screenshot({ path: `${artefacts}vue-${scheme}.png` })
    const pill = page.locator('.pill')
    expect(await pill.evaluate((element) => getComputedStyle(element).borderRadius)).toBe('99px')
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    expect(failures).toEqual([])
    await page.context().close()
  })
})
