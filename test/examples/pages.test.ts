import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Example, startExample } from '../../docs/examples/run.ts'
import { chromiumFile, chromiumFlags } from '../engines/installed.ts'
import { answer, patience, Screen } from './screen.ts'

const executablePath = chromiumFile()
const artefacts = fileURLToPath(new URL('../artefacts/examples/', import.meta.url))

let browser: Browser
beforeAll(async () => {
  if (executablePath === undefined) return
  await mkdir(artefacts, { recursive: true })
  browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
}, 60_000)
afterAll(() => browser?.close())

/** CI has a quarter of an hour. */
const names = process.env.CI === 'true' ? ['plain', 'react'] : ['plain', 'react', 'svelte', 'vue']

describe.runIf(executablePath).each(names)('the example %s', { timeout: 120_000 }, (name) => {
  let example: Example
  beforeAll(async () => {
    example = await startExample(name, { tokenMs: 12 })
  }, 60_000)
  afterAll(() => example?.close())

  test('shows an answer that survives a cut in the middle, on one socket, with nothing lost or repeated', async () => {
    const screen = await Screen.open(browser, example, 'cut')
    await expect.poll(() => example.sockets(), patience).toBe(1)
    await screen.ask('What happens when I cut the line?')
    await screen.untilAnswer('streaming')
    const passed = await screen.cut()
    await expect.poll(passed, patience).toEqual(['connected', 'reconnecting', 'connected'])
    await screen.untilAnswer('complete')

    expect(await screen.page.textContent('li[data-role=user]')).toBe('What happens when I cut the line?')
    expect(await screen.page.textContent(answer)).toMatch(/^I did not notice .* all of it, in order\.$/)
    const { chat, lost, received, renders, repeated } = await screen.counted()
    expect({ lost, repeated }).toEqual({ lost: 0, repeated: 0 })
    expect(received).toBeGreaterThan(20)
    // Of React's chat: idle, connecting, connected, reconnecting, connected, and what StrictMode does twice; none for a token.
    if (name === 'react') expect(chat).toBeLessThan(10)
    expect(renders).toBeGreaterThan(0)
    expect(example.sockets()).toBe(1)
    // The request that the button sends is answered by the cut itself.
    expect(screen.failures).toEqual([])
    await screen.leave()
    await expect.poll(() => example.sockets(), patience).toBe(0)
  })

  test('tells whoever comes later what was said, and shows markup as text', async () => {
    const first = await Screen.open(browser, example, 'later')
    const markup = '<img src=x onerror=alert(1)>'
    await first.ask(markup)
    await first.untilAnswer('complete')
    const second = await Screen.open(browser, example, 'later')
    await second.untilAnswer('complete')
    expect(await second.texts()).toEqual(await first.texts())
    expect(await second.texts()).toContain(markup)
    expect(await second.page.$$('.messages img')).toEqual([])
    await Promise.all([first.leave(), second.leave()])
  })

  test.each(['light', 'dark'] as const)('fits narrow and wide windows: %s', async (scheme) => {
    const screen = await Screen.open(browser, example, `look-${scheme}`, scheme)
    const { page } = screen
    await screen.ask('What happens to your answer when my line is cut?')
    await screen.untilAnswer('complete')
    for (const width of [320, 720, 1_440]) {
      await page.setViewportSize({ width, height: 760 })
      expect(await screen.overflow(), `${width} pixels`).toBeLessThanOrEqual(0)
      await page.screenshot({ path: `${artefacts}${name}-${scheme}-${width}.png` })
    }
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('.pill') as Element).borderRadius)).toBe(
      '99px',
    )
    const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(dark === 'rgb(16, 18, 23)').toBe(scheme === 'dark')
    expect(screen.failures).toEqual([])
    await screen.leave()
  })
})
