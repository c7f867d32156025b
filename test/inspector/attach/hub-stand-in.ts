/**
 * A hub as an app sees it: a real WebSocket server that keeps what it is told and says what a test wants.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { appBatch } from '../../../inspector/protocol/checks.ts'
import type { AppMessage } from '../../../inspector/protocol/messages.ts'

export interface HubStandIn {
  readonly url: string
  readonly port: number
  /** Every batch, in order. */
  readonly batches: (readonly AppMessage[])[]
  /** The request targets of the handshakes. */
  readonly targets: string[]
  readonly open: number
  say(said: unknown): void
  /** Cuts every connection. */
  cut(): void
  stop(): Promise<void>
}

export async function openHub(port = 0): Promise<HubStandIn> {
  const server = new WebSocketServer({ port, host: '127.0.0.1' })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : 0
  const batches: (readonly AppMessage[])[] = []
  const targets: string[] = []
  server.on('connection', (socket: WebSocket, request) => {
    targets.push(request.url ?? '')
    socket.on('message', (data) => {
      const batch = appBatch(JSON.parse(String(data)))
      if (batch === undefined) socket.close(4_400, 'malformed')
      else batches.push(batch)
    })
  })
  const stop = (): Promise<void> => {
    for (const socket of server.clients) socket.terminate()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  onTestFinished(stop)
  return {
    url: `ws://127.0.0.1:${bound}/app`,
    port: bound,
    batches,
    targets,
    get open() {
      return server.clients.size
    },
    say(said) {
      for (const socket of server.clients) socket.send(typeof said === 'string' ? said : JSON.stringify(said))
    },
    cut() {
      for (const socket of server.clients) socket.terminate()
    },
    stop,
  }
}
