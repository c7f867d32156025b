/**
 * Serves the page that sends, which is of another origin than the stream, and listens to what it tells.
 *
 * @module
 */
import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'
import type { Told } from './page/told.ts'

/** What a page is to send, and where to. */
export interface PageTask {
  readonly tab: string
  readonly url: string
  readonly via: 'sse' | 'websocket'
  readonly records: number
  /** So many characters are added to each record. */
  readonly padding?: number
}

export interface PageServer {
  readonly origin: string
  /** Where a browser goes to send; more than one task is done by frames side by side. */
  page(...tasks: PageTask[]): string
  /** The newest word of each life, in the order in which they began. */
  lives(): readonly Told[]
  /** Resolves with the newest life of a tab, from the `life`th on, when it is as wanted. */
  until(tab: string, met: (told: Told) => boolean, life?: number): Promise<Told>
}

/** So long nothing may be heard. In ms. */
const SILENCE = 20_000

/** Everything is gone again when the test is over. */
export async function startPageServer(): Promise<PageServer> {
  const script = await senderScript()
  const lives = new Map<string, Told>()
  const news = new EventEmitter<{ told: [] }>().setMaxListeners(0)
  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      let text = ''
      for await (const piece of request.setEncoding('utf8')) text += piece
      const told: Told = JSON.parse(text)
      lives.set(told.life, told)
      news.emit('told')
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://page')
    response.writeHead(pathname === '/favicon.ico' ? 404 : 200, {
      'content-type': 'text/html',
      'cache-control': 'no-store',
    })
    response.end(pathname === '/frames' ? framesOf(searchParams) : pathname === '/sender' ? senderOf(script) : '')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('An HTTP server without a port.')
  const origin = `http://127.0.0.1:${address.port}`
  return {
    origin,
    lives: () => [...lives.values()],
    page(...tasks) {
      const senders = tasks.map(({ records, padding = 0, ...task }) => {
        const asked = new URLSearchParams({ ...task, records: `${records}`, padding: `${padding}` })
        return `/sender?${asked}`
      })
      return senders.length === 1
        ? `${origin}${senders[0]}`
        : `${origin}/frames?${new URLSearchParams(senders.map((sender) => ['src', sender]))}`
    },
    async until(tab, met, life = 1) {
      for (;;) {
        const own = [...lives.values()].filter((told) => told.tab === tab)
        const last = own.length >= life ? own.at(-1) : undefined
        if (last !== undefined && met(last)) return last
        await once(news, 'told', { signal: AbortSignal.timeout(SILENCE) }).catch(() => {
          throw new Error(`Tab ${tab} has said nothing new for ${SILENCE} ms: ${JSON.stringify([...lives.values()])}`)
        })
      }
    },
  }
}

function framesOf(asked: URLSearchParams): string {
  const frames = asked.getAll('src').map((src) => `<iframe src="${src.replaceAll('&', '&amp;')}"></iframe>`)
  return `<!doctype html><meta charset="utf-8"><title>senders</title>${frames.join('')}`
}

function senderOf(script: string): string {
  return `<!doctype html><meta charset="utf-8"><title>sender</title><script type="module">${script}</script>`
}

/** The page's module and all of statewire that it uses, as one script for every engine. */
async function senderScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./page/sender.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  // The parser of HTML looks for the end of a script even inside of strings.
  return (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script')
}
