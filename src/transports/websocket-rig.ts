/**
 * Real servers and a recording dial request, for the tests of the WebSocket and durable transports.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket as NetSocket } from 'node:net'
import { type ServerOptions, WebSocketServer, type WebSocket as WsSocket } from 'ws'
import type { TransportError } from '../errors.ts'
import type { Bookmark, DialRequest, Gap, Link, Message, Outgoing } from '../link.ts'

/** Runs at the end of the test that made it. */
export type Cleanup = () => Promise<void> | void

/** A `DialRequest` that remembers what it was told. */
export interface RecordedRequest extends DialRequest {
  readonly abort: () => void
  readonly gaps: Gap[]
  readonly floors: number[]
  readonly heardCount: () => number
}

export function recordedRequest(part: Partial<DialRequest> = {}): RecordedRequest {
  const controller = new AbortController()
  const gaps: Gap[] = []
  const floors: number[] = []
  let heard = 0
  return {
    signal: controller.signal,
    position: null,
    attempt: 0,
    heartbeatInterval: 5000,
    heard: () => void heard++,
    gap: (gap) => void gaps.push(gap),
    spend: () => 0,
    // Nothing that waits is in these tests' way: they end with the process.
    delay: () => new Promise(() => {}),
    retryFloor: (milliseconds) => void floors.push(milliseconds),
    ...part,
    abort: () => controller.abort(),
    gaps,
    floors,
    heardCount: () => heard,
  }
}

/** Resolves once the condition holds, looking again in every turn of the event loop; rejects after 8 s, before vitest gives up blindly. */
export async function until(condition: () => boolean): Promise<void> {
  const start = performance.now()
  while (!condition()) {
    if (performance.now() - start > 8000) throw new Error(`Waited in vain for ${condition}.`)
    await turns(1)
  }
}

/** Resolves once the server counts no connection any more. */
export async function abandoned({ open }: { open: () => Promise<number> }): Promise<void> {
  let left = Number.POSITIVE_INFINITY
  const count = async () => {
    left = await open()
  }
  await until(() => {
    void count()
    return left === 0
  })
}

/** Lets the event loop turn so many times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** An HTTP server on a free port of 127.0.0.1. */
export async function listening(
  server: Server,
): Promise<{ origin: string; open: () => Promise<number>; close: Cleanup }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `127.0.0.1:${port}`,
    open: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A `ws` server. `connections` and the `requests` they came by fill as clients arrive. */
export async function socketServer(
  onConnection: (socket: WsSocket, request: IncomingMessage) => void = () => {},
  options: ServerOptions = {},
) {
  const http = createServer((_request, response) => response.writeHead(404).end())
  const server = new WebSocketServer({ server: http, ...options })
  const connections: WsSocket[] = []
  const requests: IncomingMessage[] = []
  server.on('connection', (socket, request) => {
    socket.on('error', () => {})
    connections.push(socket)
    requests.push(request)
    onConnection(socket, request)
  })
  const { origin, open, close } = await listening(http)
  const cleanup = async () => {
    for (const socket of connections) socket.terminate()
    server.close()
    await close()
  }
  return { url: `ws://${origin}/`, connections, requests, open, close: cleanup }
}

/** A server that does the handshake by hand and then owns the bare TCP socket: for frames that no library would send. */
export async function bareServer(onUpgrade: (socket: NetSocket, accept: string, request: IncomingMessage) => void) {
  const http = createServer()
  const sockets = new Set<NetSocket>()
  http.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  http.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    // An upgraded socket that nobody reads never notices that the client has gone.
    socket.on('end', () => socket.destroy()).resume()
    onUpgrade(socket as NetSocket, accept, request)
  })
  const { origin, open, close } = await listening(http)
  const cleanup = async () => {
    for (const socket of sockets) socket.destroy()
    await close()
  }
  return { url: `ws://${origin}/`, sockets, open, close: cleanup }
}

export function switching(accept: string, ...more: string[]): string {
  const head = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
  ]
  return [...head, ...more, '', ''].join('\r\n')
}

/** Reads until the link ends; everything that came, and what the end was. */
export async function readAll(link: Link): Promise<{ items: (Message | Bookmark)[]; failure: unknown }> {
  const items: (Message | Bookmark)[] = []
  try {
    while (
      await link.read((item) => {
        items.push(item)
        return true
      })
    );
    return { items, failure: undefined }
  } catch (failure) {
    return { items, failure }
  }
}

/** Reads exactly so many messages, bookmarks not counted. Rejects when the link ends before. */
export async function readSome(link: Link, count: number): Promise<Message[]> {
  const messages: Message[] = []
  const more = await link.read((item) => {
    if (item.data !== undefined) messages.push(item as Message)
    return messages.length < count
  })
  if (!more && messages.length < count) throw new Error(`The link ended after ${messages.length} of ${count} messages.`)
  return messages
}

/** An `Outgoing` whose settlement can be awaited: `undefined`, or the error. */
export function outgoing(data: unknown): Outgoing & { settled: Promise<unknown>; times: () => number } {
  let times = 0
  let resolve: (error: unknown) => void = () => {}
  const settled = new Promise<unknown>((accept) => {
    resolve = accept
  })
  return {
    data,
    settle(error) {
      times++
      resolve(error)
    },
    settled,
    times: () => times,
  }
}

/** What a dial failed with. Fails the test when it did not. */
export function failureOf(dialled: Promise<unknown>): Promise<TransportError> {
  return dialled.then(
    () => {
      throw new Error('It was expected to fail.')
    },
    (error) => error,
  )
}
