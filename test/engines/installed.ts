/**
 * Where the browser engines are on this machine. Asked by the set-up (what is missing?), by the test projects (what can run?)
 * and by tests that drive a whole page themselves.
 *
 * @module
 */
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { debianPackages } from './debian-packages.mjs'

/** The name of the engine is the name of its test project. */
export type EngineName = 'chromium' | 'firefox' | 'webkit'

/** Where the WebKit port of GTK keeps its parts: the driver speaks WebDriver, the browser is WebKit's own MiniBrowser. */
export interface WebKitFiles {
  readonly driver: string
  readonly browser: string
  /** Draws into memory where no screen is. */
  readonly xvfb: string
}

/** The folder the npm package `@sparticuz/chromium` is unpacked into: it always unpacks to `$TMPDIR/chromium`. */
export const unpackedChromiumFolder = fileURLToPath(new URL('../../node_modules/.cache/chromium', import.meta.url))

/** Flags for every Chromium we start: no traffic of its own, and no QUIC beside the protocols under test. */
export const chromiumFlags: readonly string[] = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

/** A Chromium that Playwright can start by its path: the system's, else the one out of the npm package. */
export function chromiumFile(): string | undefined {
  return [
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    join(unpackedChromiumFolder, 'chromium'),
  ].find((file) => existsSync(file))
}

/** Debian's Firefox, which Playwright drives over WebDriver BiDi. */
export function firefoxFile(): string | undefined {
  return onPath('firefox-esr')
}

/** WebKitGTK with its driver and a virtual screen; `undefined` when one of the three is missing. */
export function webKitFiles(): WebKitFiles | undefined {
  const driver = onPath('WebKitWebDriver')
  const xvfb = onPath('Xvfb')
  const browser = miniBrowser()
  return driver && xvfb && browser ? { driver, xvfb, browser } : undefined
}

/** The engines that can run here, in the order their projects do. */
function installedEngines(): readonly EngineName[] {
  const found: EngineName[] = []
  if (chromiumFile()) found.push('chromium')
  if (firefoxFile()) found.push('firefox')
  if (webKitFiles()) found.push('webkit')
  return found
}

/** The engines that cannot run here. */
export function missingEngines(): readonly EngineName[] {
  const found = installedEngines()
  return (['chromium', 'firefox', 'webkit'] as const).filter((engine) => !found.includes(engine))
}

/** What a person types to get `engines` on a Debian or Ubuntu machine. */
export function installCommand(engines: readonly EngineName[]): string {
  const packages = engines.flatMap((engine) => debianPackages[engine])
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return [...folders, '/usr/bin'].map((folder) => join(folder, name)).find((file) => existsSync(file))
}

/** The folder between holds the machine's architecture (`x86_64-linux-gnu`). */
function miniBrowser(): string | undefined {
  if (!existsSync('/usr/lib')) return undefined
  return readdirSync('/usr/lib')
    .map((folder) => join('/usr/lib', folder, 'webkit2gtk-4.1', 'MiniBrowser'))
    .find((file) => existsSync(file))
}
