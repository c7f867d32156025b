/**
 * A plain HTTP/1.1 listener, for those who have no server of their own to mount ours on.
 *
 * @module
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

/** Where to listen. */
export interface ListenOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`: a server that lets everyone in should not meet everyone by accident. */
  readonly host?: string | undefined
}

/** Where the server listens. */
export interface Listening {
  /** `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string
  readonly port: number
}

/** What is done with what comes in. */
export interface ListenerDoors {
  request(request: IncomingMessage, response: ServerResponse): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** The listener failed after it had begun: no more file descriptors, for one. It goes on. */
  failed(error: Error): void
}

export interface Listener {
  readonly address: Listening
  /** Takes no more connections, and resolves when the last one has ended. */
  close(): Promise<void>
  /** Ends every connection now. */
  cut(): void
}

/** Node allows 60 s for the head of a request: 10,000 slow ones would block everybody. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 }

/** Above what common balancers keep a connection for; Node's 5 s make them answer 502 now and then. */
const KEEP_ALIVE_MS = 65_000

export async function listen(doors: ListenerDoors, options: ListenOptions): Promise<Listener> {
  const server = createServer({ ...TIMEOUTS, keepAliveTimeout: KEEP_ALIVE_MS }, doors.request)
  server.on('upgrade', doors.upgrade)
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, () => {
      server.off('error', reject)
      server.on('error', doors.failed)
      resolve()
    })
  })
  const address = addressOf(server)
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    address: { url: `http://${shown}:${address.port}`, port: address.port },
    close: () => closeServer(server),
    cut: () => server.closeAllConnections(),
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address
}

/** A connection that was busy is idle once its answer is out, and would be kept alive for nobody. */
function closeServer(server: Server): Promise<void> {
  server.on('request', (_request, response) => response.on('close', () => server.closeIdleConnections()))
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
