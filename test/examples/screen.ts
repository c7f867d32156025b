/**
 * An example's page in a real browser, as its user meets it.
 *
 * @module
 */
import type { Browser, Page } from 'playwright'
import type { Example } from '../../docs/examples/run.ts'

export const patience = { timeout: 30_000 }

/** An answer of the assistant. */
export const answer = '.messages li[data-role=assistant]'

export type Scheme = 'light' | 'dark'

export class Screen {
  readonly page: Page
  /** What the page threw, and what its framework warned of. */
  readonly failures: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.failures.push(error.message))
    page.on('console', (line) => {
      if (line.type() === 'error' || line.text().includes('[Vue warn]')) this.failures.push(line.text())
    })
  }

  /** Opens a room and waits until it is live. */
  static async open(browser: Browser, { url }: Example, room: string, colorScheme: Scheme = 'light'): Promise<Screen> {
    const context = await browser.newContext({ colorScheme, viewport: { width: 720, height: 760 } })
    const screen = new Screen(await context.newPage())
    await screen.page.goto(`${url}?room=${room}`)
    await screen.page.waitForSelector('.pill[data-state=connected]', patience)
    return screen
  }

  async ask(text: string): Promise<void> {
    await this.page.fill('input', text)
    await this.page.click('button[type=submit]')
  }

  async untilAnswer(state: 'streaming' | 'complete'): Promise<void> {
    await this.page.waitForSelector(`${answer}[data-state=${state}]`, patience)
  }

  texts(): Promise<(string | null)[]> {
    return this.page.$$eval('.messages li', (items) => items.map((item) => item.textContent))
  }

  /** Cuts the line by the page's own button; what it returns tells each state that the pill has passed through since. */
  async cut(): Promise<() => Promise<string[]>> {
    // Noted by the page itself: the line may be back before anybody out here looks.
    await this.page.locator('.pill').evaluate((pill: HTMLElement) => {
      const passed = [pill.dataset.state]
      Reflect.set(window, 'passed', passed)
      new MutationObserver(() => passed.push(pill.dataset.state)).observe(pill, { attributeFilter: ['data-state'] })
    })
    await this.page.click('[data-does=cut]')
    return () => this.page.evaluate(() => Reflect.get(window, 'passed'))
  }

  /** What the page counts, by its names for it. */
  async counted(): Promise<Record<string, number>> {
    const text = (await this.page.textContent('.counter')) ?? ''
    return Object.fromEntries([...text.matchAll(/(\w+) (\d+)/g)].map(([, name, count]) => [name, Number(count)]))
  }

  /** By how many pixels the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  }

  leave(): Promise<void> {
    return this.page.context().close()
  }
}
