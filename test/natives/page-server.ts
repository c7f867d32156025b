/**
 * Serves one page, which is of another origin than the streams it reads, and takes what the page reports.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { SESSION_COOKIE } from './origin.ts'
import type { PageReport, PageTask } from './page/task.ts'

/** The pages there are, by the reader they use. */
const PAGES = {
  durable: new URL('./page/durable.ts', import.meta.url),
  EventSource: new URL('./page/event-source.ts', import.meta.url),
  WebSocket: new URL('./page/web-socket.ts', import.meta.url),
} as const

export type PageName = keyof typeof PAGES

export interface PageServer {
  /** What an allow-list has to name. */
  readonly origin: string
  /** Where a browser goes to read. */
  page(name: PageName, task: PageTask): Promise<string>
  /** What the page says when it is done. */
  readonly report: Promise<PageReport>
  close(): Promise<void>
}

export async function startPageServer(): Promise<PageServer> {
  const pages = new Map<string, string>()
  let told: (report: PageReport) => void = () => {}
  const report = new Promise<PageReport>((resolve) => {
    told = resolve
  })
  const server = createServer(async (request, response) => {
    const html = pages.get(request.url ?? '')
    if (request.method === 'POST') {
      let text = ''
      for await (const piece of request.setEncoding('utf8')) text += piece
      told(JSON.parse(text))
    }
    const status = html === undefined && request.method === 'GET' ? 404 : 200
    // A cookie knows no ports: the streams' server, which has another origin, is of the same site.
    const headers = {
      'content-type': 'text/html',
      'set-cookie': `${SESSION_COOKIE}; Path=/; HttpOnly; SameSite=Strict`,
    }
    response.writeHead(status, headers)
    response.end(html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('An HTTP server without a port.')
  const origin = `http://127.0.0.1:${address.port}`
  return {
    origin,
    report,
    async page(name, task) {
      pages.set(`/${name}`, htmlOf(await scriptOf(name), task))
      return `${origin}/${name}`
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function htmlOf(script: string, task: PageTask): string {
  return `<!doctype html><meta charset="utf-8"><title>reader</title>
<script type="module">globalThis.task = ${JSON.stringify(task)}
${script}</script>`
}

/** The page's module as one script for every engine. */
async function scriptOf(name: PageName): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(PAGES[name])],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}
