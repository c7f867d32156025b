/**
 * An app to look at: a manager with a connection to a real server, whose line can be cut and mended.
 *
 * @module
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { attachInspector } from '../../../inspector/attach/attach.ts'
import { memoryLink } from '../../../inspector/attach/memory-link.ts'
import type { AppMessage, ViewerMessage } from '../../../inspector/protocol/messages.ts'
import { TransportManager } from '../../../src/index.ts'

export interface LivingApp {
  /** Hears everything from now on, beginning with how it is. */
  view(deliver: (messages: readonly AppMessage[]) => void): { ask(asked: ViewerMessage): void; leave(): void }
  say(text: string): void
  /** Cuts every line. New ones are turned away until it is mended. */
  cut(): void
  mend(): void
  /** Of `chat-1`. */
  readonly state: 'connected' | 'reconnecting'
  close(): Promise<void>
}

export async function livingApp(): Promise<LivingApp> {
  const lines = new Set<ServerResponse>()
  let door: 'accept' | 'refuse' = 'accept'
  const server = createServer((_request, response) => {
    if (door === 'refuse') {
      response.writeHead(503).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(': open\n\n')
    lines.add(response)
    response.on('close', () => lines.delete(response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const manager = new TransportManager()
  const link = memoryLink()
  const detach = attachInspector(manager, { link, name: 'chat-web' })
  const backoff = { base: 900, cap: 1_500 }
  const chat = manager.createTransport('sse', { id: 'chat-1', url: `http://127.0.0.1:${port}/chat`, backoff })
  const presence = manager.createTransport('sse', { id: 'presence', url: `http://127.0.0.1:${port}/presence` })
  let state: 'connected' | 'reconnecting' = 'connected'
  chat.on('connected', () => {
    state = 'connected'
  })
  chat.on('reconnecting', () => {
    state = 'reconnecting'
  })
  await Promise.all([chat.connect(), presence.connect()])
  let position = 0
  return {
    view: (deliver) => link.view(deliver),
    say(text) {
      position += 1
      for (const line of lines) line.write(`id: ${position}\ndata: ${JSON.stringify({ text })}\n\n`)
    },
    cut() {
      door = 'refuse'
      for (const line of lines) line.destroy()
    },
    mend() {
      door = 'accept'
    },
    get state() {
      return state
    },
    async close() {
      detach()
      manager.closeAll()
      link.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
