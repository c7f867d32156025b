/**
 * The least that a Node server can do for a broadcast: bytes prepared once, one write to each bare socket.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { Writable } from 'node:stream'
import { listening } from './listening.ts'
import type { OpenHost } from './table.ts'

const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Sockets that were upgraded, and nothing more. */
export async function preparedFrames(): Promise<OpenHost> {
  const sockets = new Set<Writable>()
  const server = createServer()
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${ACCEPT_GUID}`).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    keep(sockets, socket)
  })
  return { port: await listening(server), send: (texts) => writeAll(sockets, texts.map(textFrame)) }
}

/** Answers with a head; what follows goes to the socket as one chunk of the chunked coding (RFC 9112 section 7.1). */
export async function preparedEvents(): Promise<OpenHost> {
  const sockets = new Set<Writable>()
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.flushHeaders()
    keep(sockets, request.socket)
  })
  const chunk = (texts: readonly string[]): Buffer => {
    const events = texts.map((text) => `data: ${text}\n\n`).join('')
    return Buffer.from(`${Buffer.byteLength(events).toString(16)}\r\n${events}\r\n`)
  }
  return { port: await listening(server), send: (texts) => writeAll(sockets, [chunk(texts)]) }
}

function keep(sockets: Set<Writable>, socket: Writable): void {
  sockets.add(socket)
  socket.on('error', () => {})
  socket.on('close', () => sockets.delete(socket))
}

function writeAll(sockets: Iterable<Writable>, parts: readonly Buffer[]): void {
  const bytes = Buffer.concat(parts)
  for (const socket of sockets) socket.write(bytes)
}

/** An unmasked text frame of 126 to 65,535 bytes (RFC 6455 section 5.2). */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x81, 126, payload.length >> 8, payload.length & 0xff]), payload])
}
