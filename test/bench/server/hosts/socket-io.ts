/**
 * @module
 */
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { listening } from './listening.ts'
import type { OpenHost } from './table.ts'

/** Its pings would come in the middle of a measurement; ours are as far apart. */
const QUIET_MS = 300_000

/** socket.io with its defaults, except that it compresses nothing and speaks WebSocket from the start. */
export async function socketIoServer(): Promise<OpenHost> {
  const server = createServer()
  const io = new Server(server, {
    transports: ['websocket'],
    perMessageDeflate: false,
    serveClient: false,
    pingInterval: QUIET_MS,
  })
  return {
    port: await listening(server),
    send(texts) {
      for (const text of texts) io.emit('record', JSON.parse(text))
    },
  }
}
