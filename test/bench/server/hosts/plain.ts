/**
 * What somebody writes by hand: a loop over the connections of `ws`, and one over the answers of `node:http`.
 *
 * @module
 */
import { createServer, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { listening } from './listening.ts'
import type { OpenHost } from './table.ts'

export async function plainWebSockets(): Promise<OpenHost> {
  const server = createServer()
  const sockets = new Map<WebSocket, Duplex>()
  // Its clients are kept here with their sockets, which alone can be corked.
  const door = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false })
  door.on('connection', (webSocket, request) => {
    sockets.set(webSocket, request.socket)
    webSocket.on('error', () => {})
    webSocket.on('close', () => sockets.delete(webSocket))
  })
  return {
    port: await listening(server),
    send(texts) {
      for (const [webSocket, socket] of sockets) {
        socket.cork()
        for (const text of texts) webSocket.send(text)
        socket.uncork()
      }
    },
  }
}

export async function plainEventStreams(): Promise<OpenHost> {
  const answers = new Set<ServerResponse>()
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.flushHeaders()
    answers.add(response)
    response.on('close', () => answers.delete(response))
  })
  return {
    port: await listening(server),
    send(texts) {
      const events = texts.map((text) => `data: ${text}\n\n`)
      for (const response of answers) {
        response.cork()
        for (const event of events) response.write(event)
        response.uncork()
      }
    },
  }
}
