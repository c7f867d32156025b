/**
 * A server of a later version: it says all that ours says, and things that nobody has heard of.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { WEBSOCKET_PROTOCOL } from '../../src/wire/names.ts'

const NEWS = { future: { of: ['the', 'protocol'] }, t2: null }

/** Listens on a free port, in front of the server on another, until the test is over; resolves with its address. */
export async function futureProxy(upstream: number): Promise<string> {
  const sockets = new Set<Duplex>()
  const webSockets = new WebSocketServer({ noServer: true, handleProtocols: () => WEBSOCKET_PROTOCOL })
  const proxy = createServer((asked, answer) => {
    const { method, url: path } = asked
    const headers = { 'content-type': asked.headers['content-type'] ?? 'application/json' }
    const passed = request({ port: upstream, method, path, headers, agent: false }, (answered) =>
      passOn(answered, answer),
    )
    passed.on('error', () => answer.destroy())
    answer.on('close', () => passed.destroy())
    asked.pipe(passed)
  })
  proxy.on('connection', (socket) => sockets.add(socket))
  proxy.on('upgrade', (asked, socket, head) =>
    webSockets.handleUpgrade(asked, socket, head, (client) => relay(client, `ws://127.0.0.1:${upstream}${asked.url}`)),
  )
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  const address = proxy.address()
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.')
  return `http://127.0.0.1:${address.port}`
}

function passOn(answered: IncomingMessage, answer: ServerResponse): void {
  const { statusCode = 502, rawHeaders } = answered
  const type = String(answered.headers['content-type'])
  answer.writeHead(statusCode, [...rawHeaders, 'Stream-Future', 'yes', 'statewire-Later', '2'])
  answer.flushHeaders()
  const rewrite = type.includes('event-stream') ? laterEvent : type.includes('ndjson') ? laterLine : null
  if (rewrite === null) {
    answered.pipe(answer)
    return
  }
  let rest = ''
  answered.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    answer.write(lines.map((line) => rewrite(line)).join(''))
  })
  answered.on('end', () => answer.end(rest))
}

/** New fields in each control event (data events hold arrays), and an event of another name behind it. */
function laterEvent(line: string): string {
  if (!line.startsWith('data: {') && !line.startsWith('data:{')) return `${line}\n`
  const control = JSON.parse(line.slice(line.indexOf('{')))
  return `data: ${JSON.stringify({ ...NEWS, ...control })}\n\nevent: future\nid: 7\ndata: ${JSON.stringify(NEWS)}\n`
}

/** New fields in each line, and a line of another kind before it. */
function laterLine(line: string): string {
  if (line === '') return '\n'
  return `${JSON.stringify({ k: 'future', ...NEWS })}\n${JSON.stringify({ ...NEWS, ...JSON.parse(line) })}\n`
}

/** New fields in each frame, and a frame of another type behind it. */
function relay(client: WebSocket, address: string): void {
  const server = new WebSocket(address, WEBSOCKET_PROTOCOL)
  const early: string[] = []
  for (const socket of [client, server]) socket.on('error', () => {})
  client.on('message', (data) =>
    server.readyState === server.OPEN ? server.send(String(data)) : early.push(String(data)),
  )
  server.on('open', () => {
    for (const frame of early) server.send(frame)
  })
  server.on('message', (data) => {
    client.send(JSON.stringify({ ...NEWS, ...JSON.parse(String(data)) }))
    client.send(JSON.stringify({ t: 'future', ...NEWS }))
  })
  client.on('close', () => server.close())
  server.on('close', (code) => client.close(code === 1006 ? 1011 : code))
}
