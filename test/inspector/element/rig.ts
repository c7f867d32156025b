/**
 * The app with its panel in a real browser: bundled, and served under the strictest policy.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContextOptions, chromium, type Page } from 'playwright'
import { chromiumFile, chromiumFlags } from '../../engines/installed.ts'
import { bundle } from './bundle.ts'

/** Rules of an app that would be seen in the panel, if any could. */
const style = `
* { color: rgb(1, 2, 3); font-family: fantasy; letter-spacing: 9px; --text: lime; --panel: lime }
body { margin: 0; background: #fff; color: #000 }
statewire-inspector { display: none; color: lime; opacity: 0.2 }
button { border: 7px solid lime; text-transform: uppercase }
:root { --page: lime }`

const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>chat</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css"><script type="module" src="/app.js"></script></head>
<body><main><h1>chat</h1><button id="mine">mine</button></main></body></html>`

export interface AppRig {
  /** What pages have complained about. */
  readonly complaints: string[]
  /** Scripts that were asked for, in their order. */
  readonly scripts: string[]
  open(options?: BrowserContextOptions): Promise<Page>
  close(): Promise<void>
}

export async function startAppRig(): Promise<AppRig> {
  const { outputFiles } = await bundle('development', {
    entryPoints: [fileURLToPath(new URL('app.ts', import.meta.url))],
  })
  const files = new Map(outputFiles.map(({ path, text }) => [`/${basename(path)}`, text]))
  const scripts: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const body = path === '/' ? html : path === '/style.css' ? style : files.get(path)
    if (path.endsWith('.js')) scripts.push(path)
    const type = path === '/' ? 'text/html' : path.endsWith('.css') ? 'text/css' : 'text/javascript'
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': type,
      'content-security-policy': "default-src 'self'; img-src data:",
    })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const browser = await chromium.launch({ executablePath: chromiumFile() ?? '', args: [...chromiumFlags] })
  const complaints: string[] = []
  return {
    complaints,
    scripts,
    async open(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
      const page = await context.newPage()
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.goto(`http://127.0.0.1:${port}/`)
      return page
    },
    async close() {
      await browser.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
