/**
 * A server that costs nothing: it answers every request with bytes prepared beforehand, in slices of 64 KiB, as fast as the
 * socket takes them, and leaves the connection open.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable, type Writable } from 'node:stream'
import { type Protocol, wireBytes } from './protocols.ts'

const SLICE = 64 * 1024
const contentTypes = { websocket: '', sse: 'text/event-stream', ndjson: 'application/x-ndjson' } as const

export interface BlastServer {
  readonly port: number
  urlOf(protocol: Protocol): string
  close(): void
}

/** Listens on any free port of this machine; each client of a protocol gets messages 1 to `count`. */
export async function openBlastServer(count: number): Promise<BlastServer> {
  const prepared: Record<Protocol, Buffer> = {
    websocket: wireBytes('websocket', count),
    sse: wireBytes('sse', count),
    ndjson: wireBytes('ndjson', count),
  }
  const sockets = new Set<Writable>()
  const server = createServer((request, response) => {
    const protocol = request.url === '/sse' ? 'sse' : 'ndjson'
    response.writeHead(200, { 'content-type': contentTypes[protocol] })
    blast(response, prepared[protocol])
  })
  server.on('upgrade', (request, socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.write(acceptance(request.headers['sec-websocket-key']))
    blast(socket, prepared.websocket)
  })
  const port = await listening(server)
  return {
    port,
    urlOf: (protocol) => urlOn(port, protocol),
    close() {
      server.close()
      server.closeAllConnections()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Where a blast server on this port serves the protocol. */
export function urlOn(port: number, protocol: Protocol): string {
  return `${protocol === 'websocket' ? 'ws' : 'http'}://127.0.0.1:${port}/${protocol}`
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

/** The server's half of the handshake (RFC 6455 section 4.2.2, the GUID included). */
function acceptance(key: string | undefined): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade']
  return [...lines, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n')
}

function blast(to: Writable, bytes: Buffer): void {
  // Not ended: the client has the last word, and nobody reconnects for more.
  Readable.from(slices(bytes)).pipe(to, { end: false })
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += SLICE) yield bytes.subarray(start, start + SLICE)
}
