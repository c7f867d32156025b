import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { peerOf, respond, type ScriptedServer, scriptedServer } from '../../../src/testing/server.ts'
import { chromiumFile, chromiumFlags } from '../../../test/engines/installed.ts'
import { sentences } from './chat.tsx'

const executablePath = chromiumFile()

let server: ScriptedServer
let browser: Browser
let page: Page

beforeAll(async () => {
  if (executablePath === undefined) return
  server = await scriptedServer()
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page/main.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    target: 'es2022',
    write: false,
    define: { 'process.env.NODE_ENV': '"development"' },
  })
  const html = '<!doctype html><title>Chat</title><script type="module" src="/page.js"></script>'
  server.always('/', respond({ headers: { 'content-type': 'text/html' }, body: html }))
  server.always(
    '/page.js',
    respond({ headers: { 'content-type': 'text/javascript' }, body: outputFiles[0]?.contents ?? '' }),
  )
  server.always('/favicon.ico', respond({ status: 404 }))

  const peer = peerOf(server, ({ path }) => path === '/chat')
  browser = await chromium.launch({ executablePath, args: [...chromiumFlags] })
  page = await browser.newPage()
  await page.exposeFunction('callPeer', (method: keyof typeof peer, argument?: never) =>
    peer[method](argument as never),
  )
  await page.goto(server.url)
  await page.waitForFunction(() => 'walkNames' in window)
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

test.skipIf(executablePath === undefined)(
  'the chat shows the right thing on every path of the chart',
  { timeout: 120_000 },
  async () => {
    const names = await page.evaluate(() => window.walkNames())
    expect(names.length).toBeGreaterThan(30)
    const shown = new Set<string>()
    for (const [index, name] of names.entries()) {
      const seen = await page.evaluate(([at, url]) => window.takeWalk(at, url), [
        index,
        `${server.socketUrl}/chat`,
      ] as const)
      expect(seen.length, name).toBe(name.split(' → ').length)
      for (const sentence of seen) shown.add(sentence)
    }
    expect([...shown].sort()).toEqual(Object.values(sentences).sort())
  },
)
