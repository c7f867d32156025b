/**
 * The page in a real browser: built, served under the hub's policy, fed by a living app.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { buildPage } from '../../../inspector/page/build.ts'
import type { HubMessage } from '../../../inspector/protocol/messages.ts'
import { chromiumFile, chromiumFlags } from '../../engines/installed.ts'
import { type LivingApp, livingApp } from './living-app.ts'
import { token, type ViewerServer, viewerServer } from './viewer-server.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pictures = fileURLToPath(new URL('../../artefacts/inspector/', import.meta.url))

export const appKey = 'chat-web#1'

export interface PageRig {
  readonly directory: string
  readonly hub: ViewerServer
  readonly app: LivingApp
  /** What pages have complained about, requests beyond their origin among it. */
  readonly complaints: string[]
  /** @param at another hub than that of the app. */
  open(
    options?: BrowserContextOptions & { readonly hash?: string | undefined; readonly at?: ViewerServer },
  ): Promise<Page>
  close(): Promise<void>
}

/** Every message of the page itself, and what it asks of anybody else. */
function listen(page: Page, origin: string, complaints: string[]): void {
  page.on('console', (message) => {
    // A browser asks and is told when a socket fails; that is not the page's fault.
    if (message.type() === 'error' && !message.text().includes('WebSocket')) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !/^(blob|data):/.test(url)) complaints.push(`asked for ${url}`)
  })
}

export async function startPageRig(): Promise<PageRig> {
  const directory = mkdtempSync(join(tmpdir(), 'inspector-page-'))
  await buildPage(directory)
  const hub = await viewerServer(directory)
  const app = await livingApp()
  const told: HubMessage[] = []
  app.view((messages) => {
    // Over a wire nothing is the same object.
    const message: HubMessage = structuredClone({ app: appKey, messages })
    told.push(message)
    hub.tell(message)
  })
  hub.greet = () => told
  const browser: Browser = await chromium.launch({ executablePath: chromiumFile() ?? '', args: [...chromiumFlags] })
  const complaints: string[] = []
  return {
    directory,
    hub,
    app,
    complaints,
    async open({ hash = `#token=${token}`, at = hub, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
      const page = await context.newPage()
      listen(page, new URL(at.url).origin, complaints)
      await page.goto(`${at.url}${hash}`)
      return page
    },
    async close() {
      await browser.close()
      await hub.close()
      await app.close()
    },
  }
}

/** What axe finds wrong, in words. */
export async function violations(page: Page): Promise<string[]> {
  // Through the debugger: the page's own policy forbids inline scripts, and is to stay as it is.
  return page.evaluate(`(async () => {
    ${axe}
    const { violations } = await axe.run()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ' ' + html.slice(0, 120) + ' ' + failureSummary))
  })()`)
}

export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}
