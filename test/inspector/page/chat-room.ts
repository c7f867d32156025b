/**
 * A story to take pictures of: an app whose manager keeps an answer of a model, a room, prices and an account, each over a real line.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import { attachInspector } from '../../../inspector/attach/attach.ts'
import { webSocketLink } from '../../../inspector/attach/web-socket-link.ts'
import { TransportManager } from '../../../src/index.ts'

export interface ChatRoom {
  /** Asks the model, which answers word by word, with a pause for thought. Cut, its server turns everybody away until it is mended. */
  answer(how?: 'whole' | 'cut in the middle'): Promise<void>
  /** Who comes again is told what it has missed. */
  mend(): void
  close(): Promise<void>
}

const words =
  'A statechart says what may happen next. Everything else is impossible, and that is the point of it: a lost link is a state with a name, not a surprise.'.split(
    /(?<= )/,
  )

/** As a model's gateway says it. */
const part = (delta: object): string => JSON.stringify({ choices: [{ delta }] })

interface Lines {
  readonly url: string
  say(path: string, data: string): void
  cut(path: string): void
  mend(path: string): void
  close(): Promise<void>
}

async function lines(): Promise<Lines> {
  const open = new Set<{ readonly path: string; readonly response: ServerResponse }>()
  const refused = new Set<string>(['/account'])
  const told = new Map<string, string[]>()
  const server = createServer((request: IncomingMessage, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    if (refused.has(path)) {
      response.writeHead(path === '/account' ? 401 : 503).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n')
    const line = { path, response }
    const missed = request.headers['last-event-id']
    if (missed !== undefined) response.write((told.get(path) ?? []).slice(Number(missed)).join(''))
    open.add(line)
    response.on('close', () => open.delete(line))
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket: WebSocket) => {
    socket.on('error', () => undefined)
    socket.on('message', (data) => socket.send(String(data)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    say(path, data) {
      const before = told.get(path) ?? []
      const text = `id: ${before.length + 1}\ndata: ${data}\n\n`
      told.set(path, [...before, text])
      for (const line of open) if (line.path === path) line.response.write(text)
    },
    cut(path) {
      refused.add(path)
      for (const line of open) if (line.path === path) line.response.destroy()
    },
    mend: (path) => void refused.delete(path),
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** @param hub where apps are told of, with the token. */
export async function chatRoom(hub: string): Promise<ChatRoom> {
  const server = await lines()
  const manager = new TransportManager()
  const detach = attachInspector(manager, { link: webSocketLink({ url: hub }), name: 'chat-web' })
  const backoff = { base: 2_500, cap: 4_000 }
  const chat = manager.createTransport('sse', { id: 'chat-1', url: `${server.url}/chat?token=secret`, backoff })
  const prices = manager.createTransport('sse', { id: 'prices', url: `${server.url}/prices` })
  const room = manager.createTransport('websocket', { id: 'room', url: `${server.url.replace('http', 'ws')}/room` })
  const account = manager.createTransport('sse', { id: 'account', url: `${server.url}/account` })
  await Promise.all([chat.connect(), prices.connect(), room.connect()])
  account.connect().catch(() => undefined)
  let price = 100
  const ticking = setInterval(() => {
    price += Math.sin(price)
    server.say('/prices', JSON.stringify({ symbol: 'STW', price: Number(price.toFixed(2)) }))
  }, 700)
  return {
    async answer(how = 'whole') {
      await room.send(JSON.stringify({ ask: 'What is a statechart?', authorization: 'Bearer secret-of-this-app' }))
      server.say('/chat', part({ reasoning_content: 'They ask for the idea, not for the notation. ' }))
      for (const [index, content] of words.entries()) {
        await delay(index === 9 ? 600 : 40)
        if (index === 20 && how === 'cut in the middle') server.cut('/chat')
        server.say('/chat', part({ content }))
      }
    },
    mend: () => server.mend('/chat'),
    async close() {
      clearInterval(ticking)
      detach()
      manager.closeAll()
      await server.close()
    },
  }
}
