/**
 * The server between the ends, as it may be at worst: it keeps what was sent, and says whatever the test wants it to say.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'

export class Relay {
  /** What the ends sent, oldest first. */
  readonly sent: string[] = []
  /** What each client is told, from the place it asks for. */
  readonly #log: string[] = []
  readonly #streams = new Set<ServerResponse>()
  readonly #peers = new Set<WebSocket>()
  readonly #sockets = new Set<Socket>()
  /** A lying server: it begins at the beginning, whatever it was asked for. */
  forgetsPositions = false
  url = ''

  get webSocketUrl(): string {
    return this.url.replace('http:', 'ws:')
  }

  async listen(): Promise<this> {
    const server = createServer((request, response) => this.#stream(request, response))
    const acceptor = new WebSocketServer({ server })
    acceptor.on('connection', (peer) => this.#meet(peer))
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      this.cut()
      server.close()
    })
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return this
  }

  /** Tells all clients. */
  tell(...tokens: string[]): void {
    for (const token of tokens) {
      this.#log.push(token)
      for (const stream of this.#streams) stream.write(record(token, this.#log.length))
      for (const peer of this.#peers) peer.send(token)
    }
  }

  /** Drops every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #stream(request: IncomingMessage, response: ServerResponse): void {
    const from = this.forgetsPositions ? 0 : Number(request.headers['last-event-id'] ?? 0)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    // The shortest pause, so that a test of reconnection does not wait.
    response.write('retry: 1\n\n')
    for (const [index, token] of this.#log.entries()) {
      if (index >= from) response.write(record(token, index + 1))
    }
    this.#streams.add(response)
    response.on('close', () => this.#streams.delete(response))
  }

  #meet(peer: WebSocket): void {
    for (const token of this.#log) peer.send(token)
    this.#peers.add(peer)
    peer.on('error', () => undefined)
    peer.on('close', () => this.#peers.delete(peer))
    peer.on('message', (data) => this.sent.push(String(data)))
  }
}

function record(token: string, position: number): string {
  return `id: ${position}\ndata: ${token}\n\n`
}
