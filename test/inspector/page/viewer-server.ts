/**
 * As much of a hub as the page needs: its files under the strictest policy, and the viewers' socket.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import type { AppMessage, Asked, HubMessage } from '../../../inspector/protocol/messages.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

export const token = 'f00dfeedf00dfeedf00dfeedf00dfeed'

export interface ViewerServer {
  readonly url: string
  /** What the pages have asked. */
  readonly asked: readonly Asked[]
  /** First messages of sockets. */
  readonly tokens: readonly unknown[]
  readonly viewers: number
  /** Tells all pages, and every page that comes later at its start. */
  tell(message: HubMessage): void
  /** What a page that comes now is told first. */
  greet: () => readonly HubMessage[]
  /** Ends all sockets, as a hub that was stopped. */
  drop(): void
  close(): Promise<void>
}

export async function viewerServer(directory: string): Promise<ViewerServer> {
  // Only what another page tells may be shown in its frame.
  const holders = (search: URLSearchParams): string =>
    search.has('standard') || search.has('window') ? 'http://127.0.0.1:* http://localhost:*' : "'none'"
  const policy = (port: number, search: URLSearchParams): string =>
    `default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self' ws://127.0.0.1:${port}; object-src 'none'; base-uri 'none'; frame-ancestors ${holders(search)}`
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const name = pathname === '/' ? 'index.html' : pathname.slice(1)
    const { port } = server.address() as AddressInfo
    try {
      const content = readFileSync(join(directory, name))
      response.writeHead(200, {
        'content-type': types[extname(name)] ?? 'text/plain',
        'content-security-policy': policy(port, searchParams),
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      })
      response.end(content)
    } catch {
      response.writeHead(404).end()
    }
  })
  const sockets = new WebSocketServer({ server, path: '/viewer' })
  const viewers = new Set<WebSocket>()
  const asked: Asked[] = []
  const tokens: unknown[] = []
  const send = (socket: WebSocket, message: HubMessage): void => socket.send(JSON.stringify(message))
  const hub: ViewerServer = {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    },
    asked,
    tokens,
    get viewers() {
      return viewers.size
    },
    tell(message) {
      for (const socket of viewers) send(socket, message)
    },
    greet: () => [],
    drop() {
      for (const socket of viewers) socket.terminate()
    },
    async close() {
      for (const socket of viewers) socket.terminate()
      sockets.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  sockets.on('connection', (socket) => {
    socket.once('message', (first) => {
      const said: unknown = JSON.parse(String(first))
      tokens.push(said)
      if (typeof said !== 'object' || said === null || Reflect.get(said, 'token') !== token) {
        socket.close(4401, 'wrong_token')
        return
      }
      viewers.add(socket)
      socket.on('close', () => viewers.delete(socket))
      socket.on('message', (data) => asked.push(JSON.parse(String(data)) as Asked))
      for (const message of hub.greet()) send(socket, message)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return hub
}

/** One that tells all that was ever told of an app, which has gone. */
export async function storyServer(directory: string, messages: readonly AppMessage[]): Promise<ViewerServer> {
  const server = await viewerServer(directory)
  server.greet = () => [
    { app: 'story', messages },
    { app: 'story', gone: true },
  ]
  return server
}
