/**
 * Opens a page in each engine. What the page finds out it tells its own server: WebKit is driven from outside only.
 *
 * @module
 */
import { type Browser, chromium, firefox } from 'playwright'
import { chromiumFile, chromiumFlags, type EngineName, firefoxFile, webKitFiles } from '../engines/installed.ts'
import { startWebKit } from '../engines/webkit-browser.ts'

/** An engine that runs. */
export interface Engine {
  /** Leaves the page before and goes to this one. */
  visit(url: string): Promise<void>
  close(): Promise<void>
}

/** Rejects where the engine is not installed. */
export async function startEngine(name: EngineName): Promise<Engine> {
  if (name === 'webkit') return startedWebKit()
  const browser = name === 'chromium' ? startedChromium() : startedFirefox()
  return driven(await browser)
}

function startedChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: installed(chromiumFile()), args: [...chromiumFlags] })
}

/** This channel speaks WebDriver BiDi to a Firefox as it comes; the plain one wants a patched build. */
function startedFirefox(): Promise<Browser> {
  return firefox.launch({ channel: 'moz-firefox', executablePath: installed(firefoxFile()) })
}

async function startedWebKit(): Promise<Engine> {
  const browser = await startWebKit(installed(webKitFiles()))
  return { visit: (url) => browser.navigate(url), close: () => browser.close() }
}

async function driven(browser: Browser): Promise<Engine> {
  const page = await browser.newPage()
  return {
    async visit(url) {
      await page.goto(url)
    },
    close: () => browser.close(),
  }
}

function installed<Found>(found: Found | undefined): Found {
  if (found === undefined) throw new Error('This engine is not installed.')
  return found
}
