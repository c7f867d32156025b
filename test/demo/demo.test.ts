import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Demo, startDemo } from '../../docs/examples/demo/demo-server.ts'
import { chromiumFile, chromiumFlags } from '../engines/installed.ts'

const executablePath = chromiumFile()
const artefacts = fileURLToPath(new URL('../artefacts/demo/', import.meta.url))
const wide = { viewport: { width: 1440, height: 1000 } }
const patience = { timeout: 30_000 }
/** CI has a quarter of an hour. */
const protocols = process.env.CI === 'true' ? ['sse'] : ['sse', 'websocket', 'ndjson']

let demo: Demo
let browser: Browser

beforeAll(async () => {
  if (executablePath === undefined) return
  await mkdir(artefacts, { recursive: true })
  demo = await startDemo({ port: 0 })
  browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
})
afterAll(async () => {
  await browser?.close()
  await demo?.close()
})

/** One panel of an open page, as a visitor sees it. */
class Visited {
  readonly page: Page
  readonly #root: string

  constructor(page: Page, protocol: string) {
    this.page = page
    this.#root = `#panel-${protocol}`
  }

  /** Notes each state that the panel passes through: a line may be back before anybody polls. */
  watch(): Promise<void> {
    return this.page.evaluate((selector) => {
      const panel = document.querySelector<HTMLElement>(selector)
      if (panel === null) throw new Error('There is no such panel.')
      const passed = [panel.dataset.state]
      Reflect.set(window, 'passed', passed)
      new MutationObserver(() => {
        if (passed.at(-1) !== panel.dataset.state) passed.push(panel.dataset.state)
      }).observe(panel, { attributeFilter: ['data-state'] })
    }, this.#root)
  }

  passed(): Promise<string[]> {
    return this.page.evaluate(() => Reflect.get(window, 'passed'))
  }

  press(does: string): Promise<void> {
    return this.page.click(`${this.#root} [data-does=${does}]`)
  }

  async reaches(state: string): Promise<void> {
    await this.page.waitForSelector(`${this.#root}[data-state=${state}]`, patience)
  }

  /** Presses *Retry now* until the line is back: the waits of a chart that failed six times are real, and long. */
  async returns(): Promise<void> {
    const retry = this.page.locator(`${this.#root} [data-does=retry]:enabled`)
    const state = async (): Promise<string | null> => {
      await retry.click({ timeout: 250 }).catch(() => undefined)
      return this.page.getAttribute(this.#root, 'data-state')
    }
    await expect.poll(state, { ...patience, interval: 400 }).toBe('connected')
  }

  /** The lit states of the drawn chart. */
  lit(): Promise<(string | null)[]> {
    return this.page.$$eval(`${this.#root} .chart .active > .title`, (titles) =>
      titles.map((title) => title.textContent),
    )
  }

  async figure(name: string): Promise<number> {
    const text = await this.page.textContent(`${this.#root} [data-figure="${name}"]`)
    return Number(text?.replace(/[^\d.]/g, '') || Number.NaN)
  }

  /** Waits until so many more records have come, and have been counted against the log. */
  async hears(more: number): Promise<void> {
    await expect.poll(() => this.figure('position'), patience).toBeGreaterThan(0)
    const goal = (await this.figure('position')) + more
    await expect.poll(() => this.figure('checked to'), patience).toBeGreaterThanOrEqual(goal)
  }

  async counts(): Promise<{ received: number; lost: number; duplicated: number; first: number; last: number }> {
    return this.page.$eval(this.#root, (panel) => {
      const read = (name: string): number =>
        Number(panel.querySelector(`[data-figure="${name}"]`)?.textContent?.replace(/\D/g, ''))
      const place = panel.querySelector('[data-figure=position]')?.parentElement?.title ?? ''
      return {
        received: read('received'),
        lost: read('lost'),
        duplicated: read('duplicated'),
        first: Number(/#(\d+)/.exec(place)?.[1]),
        last: read('position'),
      }
    })
  }
}

async function open(options: BrowserContextOptions = wide, url = demo.url): Promise<Page> {
  // Painted without a GPU, four charts that fill their waits take a core of the two that CI has.
  const context = await browser.newContext({ colorScheme: 'dark', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const failures: string[] = []
  page.on('pageerror', (error) => failures.push(error.message))
  Reflect.set(page, 'failures', failures)
  await page.goto(url)
  return page
}

async function leave(page: Page): Promise<void> {
  expect(Reflect.get(page, 'failures')).toEqual([])
  await page.context().close()
}

/** The same numbers, counted here and not by the page: what the server has from the first to the last that arrived. */
async function checkAgainstServer(panel: Visited): Promise<void> {
  const { received, lost, duplicated, first, last } = await panel.counts()
  const records = (await (await fetch(`${demo.url}/v1/stream/telemetry`)).json()) as { seq: number }[]
  const due = records.filter(({ seq }) => seq >= first && seq <= last)
  expect({ received, lost, duplicated }).toEqual({ received: due.length, lost: 0, duplicated: 0 })
  expect(received).toBeGreaterThan(5)
}

describe.runIf(executablePath)('the demo in a real browser', { timeout: 120_000 }, () => {
  describe.each(protocols)('the panel of %s', (protocol) => {
    test('comes back from a cut, from a server that is down and from a 503, with nothing lost and nothing twice', async () => {
      const page = await open()
      const panel = new Visited(page, protocol)
      await panel.reaches('connected')
      await panel.hears(5)
      expect(await panel.lit()).toEqual(['connected', 'flowing', 'alive'])
      await panel.watch()

      await panel.press('cut')
      await expect.poll(() => panel.passed(), patience).toEqual(['connected', 'reconnecting', 'connected'])
      await panel.hears(5)

      await panel.press('down')
      await panel.reaches('reconnecting')
      expect(await panel.lit()).toContain('reconnecting')
      await page.screenshot({ path: `${artefacts}${protocol}-reconnecting.png`, fullPage: true })
      await panel.returns()
      await panel.hears(5)

      await panel.press('reject')
      await panel.reaches('reconnecting')
      await panel.returns()
      await panel.hears(5)

      await checkAgainstServer(panel)
      await leave(page)
    })

    test('pauses, resumes, closes and goes on where it was', async () => {
      const page = await open()
      const panel = new Visited(page, protocol)
      await panel.reaches('connected')
      await panel.hears(3)

      await panel.press('flow')
      await expect.poll(() => panel.lit(), patience).toEqual(['connected', 'paused', 'alive'])
      // The state shows at once, figures with the next drawing of all panels: a new figure elsewhere proves that it has been.
      const log = new Visited(page, protocol === 'sse' ? 'ndjson' : 'sse')
      await log.hears(1)
      const held = await panel.figure('position')
      await log.hears(5)
      expect(await panel.figure('position')).toBe(held)
      await panel.press('flow')
      await panel.hears(8)

      await panel.press('life')
      await panel.reaches('closed')
      expect(await panel.lit()).toEqual(['closed'])
      await log.hears(1)
      const closedAt = await panel.figure('position')
      await log.hears(5)
      expect(await panel.figure('position')).toBe(closedAt)
      await panel.press('life')
      await panel.reaches('connected')
      await panel.hears(8)

      await checkAgainstServer(panel)
      await leave(page)
    })
  })

  test('a fault in one panel leaves the others alone', async () => {
    const page = await open()
    const [hurt, whole] = [new Visited(page, 'ndjson'), new Visited(page, 'sse')]
    await Promise.all([hurt.reaches('connected'), whole.reaches('connected')])
    await whole.watch()
    await hurt.press('down')
    await hurt.reaches('reconnecting')
    await hurt.reaches('connected')
    await whole.hears(3)
    expect(await whole.passed()).toEqual(['connected'])
    await leave(page)
  })

  test('the room takes a line over each protocol, and a change of protocol loses and repeats none', async () => {
    const page = await open()
    const other = await open()
    const lines = (where: Page) => where.$$eval('.lines li span', (spans) => spans.map((span) => span.textContent))
    await page.waitForSelector('.room[data-state=connected]', patience)
    const said = ['websocket', 'sse', 'ndjson'].map((via) => `over ${via} ${Date.now()}`)
    for (const [index, via] of ['websocket', 'sse', 'ndjson'].entries()) {
      await page.check(`.switch input[value=${via}]`, { force: true })
      await page.waitForSelector('.room[data-state=connected]', patience)
      await page.fill('.room input[name=text]', said[index] ?? '')
      await page.keyboard.press('Enter')
      await expect.poll(() => lines(page), patience).toContain(said[index])
    }
    await expect
      .poll(async () => (await lines(other)).filter((line) => said.includes(line ?? '')), patience)
      .toEqual(said)
    expect((await lines(page)).filter((line) => said.includes(line ?? ''))).toEqual(said)
    await page.screenshot({ path: `${artefacts}room.png`, fullPage: true })
    await Promise.all([leave(page), leave(other)])
  })

  test('a line that looks like markup is text', async () => {
    const page = await open()
    await page.waitForSelector('.room[data-state=connected]', patience)
    const markup = '<img src=x onerror=alert(1)>'
    await page.fill('.room input[name=text]', markup)
    await page.keyboard.press('Enter')
    await expect
      .poll(() => page.$$eval('.lines li span', (spans) => spans.map((span) => span.textContent)), patience)
      .toContain(markup)
    expect(await page.$$('.lines img')).toEqual([])
    await leave(page)
  })

  test('the whole chart opens, follows and closes by the keyboard', async () => {
    const page = await open()
    const panel = new Visited(page, 'websocket')
    await panel.reaches('connected')
    await page.focus('#panel-websocket .drawing > button')
    await page.keyboard.press('Enter')
    await page.waitForSelector('dialog .leaf.active')
    const lit = await page.$$eval('dialog .active > .title', (titles) => titles.map((title) => title.textContent))
    expect(lit).toEqual(['connected', 'flow', 'flowing', 'liveness', 'alive'])
    await page.screenshot({ path: `${artefacts}whole-chart.png` })
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog', { state: 'detached' })
    await leave(page)
  })

  test.each([
    ['dark', { ...wide, colorScheme: 'dark' }],
    ['light', { ...wide, colorScheme: 'light' }],
    ['phone', { viewport: { width: 390, height: 844 }, colorScheme: 'light', deviceScaleFactor: 2 }],
  ] as const)('fits its window and keeps its layout while states change: %s', async (name, options) => {
    const page = await open(options)
    const panel = new Visited(page, 'sse')
    await panel.reaches('connected')
    await panel.hears(5)
    const height = () => page.evaluate(() => document.documentElement.scrollHeight)
    const before = await height()
    await page.screenshot({ path: `${artefacts}${name}-connected.png`, fullPage: true })
    await panel.press('down')
    await panel.reaches('reconnecting')
    expect(await height()).toBe(before)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await page.screenshot({ path: `${artefacts}${name}-reconnecting.png`, fullPage: true })
    await leave(page)
  })

  test('a server that starts anew is followed to its new numbers', async () => {
    const first = await startDemo({ port: 0 })
    const page = await open(wide, first.url)
    const panels = ['sse', 'websocket', 'ndjson'].map((protocol) => new Visited(page, protocol))
    for (const panel of panels) await panel.hears(3)
    await first.close()
    for (const panel of panels) await panel.reaches('reconnecting')
    const second = await startDemo({ port: Number(new URL(first.url).port) })
    for (const panel of panels) {
      await panel.reaches('connected')
      await panel.hears(3)
      expect(await panel.counts()).toMatchObject({ lost: 0, duplicated: 0 })
    }
    await leave(page)
    await second.close()
  })

  test('its connections are seen in the inspector, one click away', async () => {
    const page = await open()
    await new Visited(page, 'sse').reaches('connected')
    const [inspector] = await Promise.all([page.context().waitForEvent('page'), page.click('a.inspect')])
    await inspector.waitForSelector('.crumbs .pill', patience)
    const actors = inspector.getByRole('treeitem')
    await expect.poll(() => actors.allTextContents(), patience).toContainEqual(expect.stringContaining('websocket'))
    expect(await inspector.locator('.crumbs').textContent()).toContain('demo')
    await expect.poll(() => inspector.locator('.chart .state.active').count(), patience).toBeGreaterThan(0)
    await leave(page)
  })

  test('every button and field has a name', async () => {
    const page = await open()
    await page.waitForSelector('.room[data-state=connected]', patience)
    const nameless = await page.$$eval('button, input', (fields) =>
      fields
        .filter(
          (field) =>
            (
              field.textContent ||
              field.getAttribute('aria-label') ||
              field.closest('label')?.textContent ||
              ''
            ).trim() === '',
        )
        .map((field) => field.outerHTML),
    )
    expect(nameless).toEqual([])
    await leave(page)
  })
})
