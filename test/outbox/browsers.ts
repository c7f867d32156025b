/**
 * Starts an engine and opens pages in it, side by side where its driver can.
 *
 * @module
 */
import { type Browser, chromium, firefox, type Page } from 'playwright'
import { chromiumFile, chromiumFlags, firefoxFile } from '../engines/installed.ts'

export type TabbedEngine = 'chromium' | 'firefox'

/** An engine whose driver knows tabs. */
export interface TabbedBrowser {
  /** One more tab of the same profile. */
  open(url: string): Promise<Page>
  /** Ends a tab as abruptly as it can be done from outside, and resolves when it is gone. */
  kill(page: Page): Promise<void>
  /** How many bytes the origin of a page may store; without a number as many as before. Chromium only. */
  setQuota(page: Page, bytes?: number): Promise<void>
  close(): Promise<void>
}

/** Rejects where the engine is not installed. */
export async function startTabbed(name: TabbedEngine): Promise<TabbedBrowser> {
  const browser = await (name === 'chromium' ? startChromium() : startFirefox())
  const context = await browser.newContext()
  return {
    async open(url) {
      const page = await context.newPage()
      await page.goto(url)
      return page
    },
    async kill(page) {
      // The driver of Firefox has no word for it. Closed without `beforeunload`, a page cannot do anything any more either.
      if (name === 'firefox') return page.close()
      const crashed = page.waitForEvent('crash')
      const session = await context.newCDPSession(page)
      // Nobody is left who could answer.
      void session.send('Page.crash').catch(() => {})
      await crashed
    },
    async setQuota(page, bytes) {
      const session = await context.newCDPSession(page)
      const { origin } = new URL(page.url())
      await session.send('Storage.overrideQuotaForOrigin', { origin, ...(bytes !== undefined && { quotaSize: bytes }) })
    },
    close: () => browser.close(),
  }
}

function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: installed(chromiumFile()), args: [...chromiumFlags] })
}

/** This channel speaks WebDriver BiDi to a Firefox as it comes; the plain one wants a patched build. */
function startFirefox(): Promise<Browser> {
  return firefox.launch({ channel: 'moz-firefox', executablePath: installed(firefoxFile()) })
}

function installed(file: string | undefined): string {
  if (file === undefined) throw new Error('This engine is not installed.')
  return file
}
