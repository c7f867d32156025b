/**
 * The inspector's page and an app in another origin, of another site: browsers keep the two in processes of their own.
 *
 * @module
 */
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, type BrowserContext, chromium, type Frame, type Page } from 'playwright'
import { expect } from 'vitest'
import { buildPage } from '../../../inspector/page/build.ts'
import { chromiumFile, chromiumFlags } from '../../engines/installed.ts'
import { type ViewerServer, viewerServer } from '../page/viewer-server.ts'
import type { App } from './app.ts'

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

export interface DoorsRig {
  /** Of the inspector's files. */
  readonly directory: string
  readonly inspector: ViewerServer
  /** Of the app, and of another page that is served the same. */
  readonly origins: { readonly app: string; readonly other: string }
  readonly browser: Browser
  /** The app in a browser of its own, and what its pages complain about. */
  open(): Promise<{ readonly context: BrowserContext; readonly page: Page; readonly complaints: string[] }>
  close(): Promise<void>
}

async function bundled(): Promise<{ readonly directory: string; readonly script: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'inspector-doors-'))
  await buildPage(directory)
  const { outputFiles } = await build({
    entryPoints: [file('./app.ts')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
  })
  return { directory, script: outputFiles[0]?.text ?? '' }
}

export async function startDoorsRig(): Promise<DoorsRig> {
  const { directory, script } = await bundled()
  const inspector = await viewerServer(directory)
  const server = createServer((request, response) => {
    const isScript = request.url === '/app.js'
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' })
    response.end(
      isScript ? script : '<!doctype html><title>app</title><body><script type="module" src="/app.js"></script>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  const origins = { app: `http://localhost:${port}`, other: `http://127.0.0.1:${port}` }
  const browser = await chromium.launch({ executablePath: chromiumFile() ?? '', args: [...chromiumFlags] })
  return {
    directory,
    inspector,
    origins,
    browser,
    async open() {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
      const complaints: string[] = []
      context.on('weberror', (error) => complaints.push(String(error.error())))
      const page = await context.newPage()
      await page.goto(origins.app)
      return { context, page, complaints }
    },
    async close() {
      await browser.close()
      await inspector.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Calls the app's page. @returns its answer. */
export async function tell<Name extends keyof App>(
  page: Page,
  name: Name,
  ...args: Parameters<App[Name]>
): Promise<unknown> {
  return page.evaluate(
    ({ method, given }) => {
      const app: unknown = Reflect.get(window, 'app')
      const called: unknown = typeof app === 'object' && app !== null ? Reflect.get(app, method) : undefined
      return typeof called === 'function' ? called(...given) : undefined
    },
    { method: name, given: args },
  )
}

/** The inspector, wherever the app has put it. */
export async function inspectorOf(
  rig: { readonly inspector: Pick<ViewerServer, 'url'> },
  { context, page }: { readonly context: BrowserContext; readonly page: Page },
): Promise<Frame> {
  const { origin } = new URL(rig.inspector.url)
  const found = (): Frame[] =>
    [...page.frames(), ...context.pages().map((other) => other.mainFrame())].filter((frame) =>
      frame.url().startsWith(origin),
    )
  await expect.poll(() => found().length).toBeGreaterThan(0)
  const [frame] = found()
  if (frame === undefined) throw new Error('The inspector has gone.')
  return frame
}
