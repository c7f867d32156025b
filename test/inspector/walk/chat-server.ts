/**
 * The server of the walk: numbered messages that are taken up again after the last one that was seen, and a page that reads them.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { httpServer, open } from '../../cli/servers.ts'

export interface ChatServer extends AsyncDisposable {
  /** Of the page; the messages are at `/events`. */
  readonly url: string
  readonly port: number
  /** What readers have said they had seen, in order. */
  readonly resumed: readonly string[]
  say(text: string): void
}

export async function chatServer(): Promise<ChatServer> {
  const script = await bundled('page-app.ts')
  const said: string[] = []
  const readers = new Set<ServerResponse>()
  const resumed: string[] = []
  const tell = (reader: ServerResponse, index: number): void => {
    reader.write(`id: ${index + 1}\ndata: ${JSON.stringify({ text: said[index] })}\n\n`)
  }
  const { url, [Symbol.asyncDispose]: dispose } = await httpServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://chat')
    if (pathname === '/')
      response.setHeader('content-type', 'text/html').end('<!doctype html><script type="module" src="app.js"></script>')
    else if (pathname === '/app.js') response.setHeader('content-type', 'text/javascript').end(script)
    else if (pathname === '/events') {
      open(response, 'text/event-stream')
      const seen = String(request.headers['last-event-id'] ?? '')
      if (seen !== '') resumed.push(seen)
      for (let index = Number(seen); index < said.length; index += 1) tell(response, index)
      readers.add(response)
      response.on('close', () => readers.delete(response))
    } else response.writeHead(404).end()
  })
  return {
    url,
    port: Number(new URL(url).port),
    resumed,
    say(text) {
      said.push(text)
      for (const reader of readers) tell(reader, said.length - 1)
    },
    [Symbol.asyncDispose]: dispose,
  }
}

async function bundled(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(name, import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
  })
  return outputFiles[0]?.text ?? ''
}
