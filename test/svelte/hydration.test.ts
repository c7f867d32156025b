import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { type Browser, chromium, firefox } from 'playwright'
import { createServer as createVite, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { chromiumFile, chromiumFlags, firefoxFile } from '../engines/installed.ts'
import { openRoom, roomName } from '../rigs/room-client.ts'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const patience = { timeout: 15_000 }

let vite: ViteDevServer
let http: Server
let origin: string

/** The server-rendered page, as an app's own server would make it. */
async function renderPage(url: string): Promise<string> {
  const { render } = await vite.ssrLoadModule('svelte/server')
  const { default: Page } = await vite.ssrLoadModule('/Page.svelte')
  const { body } = await render(Page, { props: { url } })
  return body
}

beforeAll(async () => {
  vite = await createVite({
    configFile: false,
    root: fileURLToPath(new URL('./page/', import.meta.url)),
    cacheDir: `${repository}/test/artefacts/vite/svelte-hydration`,
    appType: 'custom',
    logLevel: 'warn',
    plugins: [svelte({ configFile: false })],
    optimizeDeps: { include: ['xstate', '@xstate/svelte', 'zod/mini'] },
    server: { middlewareMode: true, fs: { allow: [repository] }, hmr: false, watch: null },
  })
  http = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page')
    if (pathname !== '/') return vite.middlewares(request, response)
    const body = await renderPage(searchParams.get('url') ?? '')
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(
      `<!doctype html><link rel="icon" href="data:,"><main>${body}</main><script type="module" src="/client.ts"></script>`,
    )
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}, 60_000)
afterAll(async () => {
  await vite.close()
  http.closeAllConnections()
  http.close()
})

test('rendering on a server opens nothing, and says idle', async () => {
  const room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
  const rendered = await renderPage(`${room.url}/sse`)
  expect(rendered).toContain('data-testid="state">idle<')
  expect(rendered).toContain('data-testid="shared">idle<')
  // Whatever it had opened would be here before the second one.
  await renderPage(`${room.url}/sse`)
  expect((await room.until(() => true)).requests).toEqual([])
})

const engines = {
  chromium: {
    installed: chromiumFile() !== undefined,
    launch: () => chromium.launch({ executablePath: chromiumFile() ?? '', args: [...chromiumFlags] }),
  },
  firefox: {
    installed: firefoxFile() !== undefined,
    launch: () => firefox.launch({ channel: 'moz-firefox', executablePath: firefoxFile() ?? '' }),
  },
} satisfies Record<string, { installed: boolean; launch(): Promise<Browser> }>

for (const [name, { installed, launch }] of Object.entries(engines)) {
  test.skipIf(!installed)(
    `${name} hydrates what the server rendered, then connects, and leaves no socket`,
    async () => {
      const room = openRoom(inject('rigUrl'), inject('rigOtherUrl'), roomName())
      const browser = await launch()
      try {
        const page = await browser.newPage()
        const complaints: string[] = []
        page.on('console', (message) => message.type() !== 'debug' && complaints.push(message.text()))
        page.on('pageerror', (error) => complaints.push(error.message))
        await page.goto(`${origin}/?url=${encodeURIComponent(`${room.url}/sse`)}`)
        // One of the component, one outside of components, one of the element.
        await room.until(({ open }) => open.length === 3)
        await room.order({ append: ['one'] })
        await expect.poll(() => page.textContent('ul'), patience).toBe('one')
        await expect.poll(() => page.textContent('[data-testid=shared]'), patience).toBe('connected')
        expect(await page.evaluate(() => Reflect.get(globalThis, 'tookOver'))).toBe(true)
        expect((await room.until(() => true)).requests).toHaveLength(3)
        expect(complaints).toEqual([])

        await page.evaluate(() => Reflect.get(globalThis, 'leave')())
        await room.until(({ open }) => open.length === 0)
      } finally {
        await browser.close()
      }
    },
    60_000,
  )
}
