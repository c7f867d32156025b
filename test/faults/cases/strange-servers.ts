/**
 * Servers that are not what was dialled.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createServer, type Server, type Socket } from 'node:net'
import { generate } from 'selfsigned'

export interface StrangeServer {
  /** `http://127.0.0.1:port`, or `https:`. */
  readonly origin: string
  close(): Promise<void>
}

async function listening(server: Server, scheme: string): Promise<StrangeServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A bare TCP server. */
export function bareServer(meet: (socket: Socket) => void): Promise<StrangeServer> {
  return listening(createServer(meet), 'http')
}

/** An HTTPS server with a certificate of its own for this name. */
export async function secureServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  name: { readonly ip: string } | { readonly value: string } = { ip: '127.0.0.1' },
): Promise<StrangeServer & { readonly certificate: string }> {
  const altNames = ['ip' in name ? { type: 7 as const, ip: name.ip } : { type: 2 as const, value: name.value }]
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'test' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames }],
  })
  const server = await listening(createSecureServer({ cert, key }, answer), 'https')
  return { ...server, certificate: cert }
}

/** An address where nobody listens: it was somebody's a moment ago. */
export async function refusedOrigin(): Promise<string> {
  const { origin, close } = await bareServer(() => {})
  await close()
  return origin
}
