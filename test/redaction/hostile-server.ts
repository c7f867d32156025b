/**
 * A server that refuses, breaks off and talks too much: each path is a fault, and every answer holds canaries.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import type { Canaries } from './canaries.ts'

/** What the first part of a path asks for. */
export const faults = ['401', '403', '404', '503', 'html', 'redirect', 'garbage', 'cut', 'close'] as const

export interface HostileServer {
  /** `http://127.0.0.1:…`, without a slash. */
  readonly url: string
  /** All that clients said in URLs, headers and bodies: proof that the canaries were under way. */
  heard(): string
}

/** Listens on a free port until the test is over. */
export async function startHostileServer(canaries: Canaries): Promise<HostileServer> {
  const heard: string[] = []
  const server = createServer((request, response) => {
    note(heard, request)
    request.on('data', (chunk: Buffer) => heard.push(chunk.toString()))
    request.on('error', () => {})
    answer(request, response, canaries)
  })
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    note(heard, request)
    socket.on('error', () => {})
    upgrade(sockets, { request, socket, head }, canaries)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => stop(server))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard: () => heard.join('\n') }
}

function note(heard: string[], { url, rawHeaders }: IncomingMessage): void {
  heard.push(url ?? '', ...rawHeaders)
}

function faultOf({ url = '' }: IncomingMessage): string {
  return url.split('/')[1] ?? ''
}

/** The headers a careless server sends with everything. */
function loud(canaries: Canaries): Record<string, string> {
  return {
    'set-cookie': `session=${canaries.serverHeader}`,
    'www-authenticate': `Bearer error_description="${canaries.serverHeader}"`,
    'x-trace': canaries.serverHeader,
  }
}

function answer(request: IncomingMessage, response: ServerResponse, canaries: Canaries): void {
  const fault = faultOf(request)
  const headers = loud(canaries)
  if (/^\d+$/.test(fault)) {
    response.writeHead(Number(fault), { ...headers, 'content-type': `text/plain; note=${canaries.serverHeader}` })
    response.end(`The token is wrong: ${canaries.serverBody}`)
  } else if (fault === 'html') {
    response.writeHead(200, { ...headers, 'content-type': `text/html; note=${canaries.serverHeader}` })
    response.end(`<!doctype html><title>${canaries.serverBody}</title>`)
  } else if (fault === 'redirect') {
    response.writeHead(302, { ...headers, location: `http://localhost:1/?token=${canaries.redirectTarget}` })
    response.end()
  } else {
    const type = contentType(request)
    response.writeHead(200, { ...headers, 'content-type': type, 'stream-next-offset': canaries.position })
    response.write(garbage(type, canaries))
    if (fault === 'cut') setImmediate(() => response.destroy())
    else response.end()
  }
}

/** What the client wants, so that it comes past the door. */
function contentType({ headers: { accept = '' } }: IncomingMessage): string {
  if (accept.includes('event-stream')) return 'text/event-stream'
  return /x-ndjson(?!;q)/.test(accept) ? 'application/x-ndjson' : 'application/json'
}

/** Half of it well-formed, so that a codec gets something to refuse. */
function garbage(type: string, { payloadIn, position }: Canaries): string {
  if (type === 'text/event-stream')
    return `id: ${position}\nevent: control\ndata: {"${payloadIn}\n\ndata: ${payloadIn}\n\n`
  return `{"${payloadIn}": ${payloadIn}\n{"${payloadIn}"\n`
}

interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

function upgrade(sockets: WebSocketServer, { request, socket, head }: Upgrade, canaries: Canaries): void {
  const fault = faultOf(request)
  const status = /^\d+$/.test(fault) ? Number(fault) : { html: 200, redirect: 302 }[fault]
  if (status !== undefined) {
    const lines = Object.entries({ ...loud(canaries), location: `/?token=${canaries.redirectTarget}` })
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    socket.end(`HTTP/1.1 ${status} ${canaries.serverBody}\r\nconnection: close\r\n${head}\r\n${canaries.serverBody}`)
    return
  }
  sockets.handleUpgrade(request, socket, head, (open) => {
    open.on('error', () => {})
    open.send(`{"${canaries.payloadIn}`)
    if (fault === 'cut') setImmediate(() => socket.destroy())
    else open.close(4007, canaries.peerCloseReason)
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
