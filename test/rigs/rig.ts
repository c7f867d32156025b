/**
 * The rig: one server process-wide that every transport test of every engine talks to, each in a room of its own.
 *
 * @module
 */
import { createServer, type Server } from 'node:http'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { generate } from 'selfsigned'
import type { RigResponse } from './exchange.ts'
import type { RigAddresses } from './protocol.ts'
import { type RigPages, Router } from './router.ts'

/** A running rig. */
export interface Rig extends RigAddresses {
  /** The certificate that the TLS port shows, PEM. */
  readonly certificate: string
  /** HTTP/2 sessions that are open now. */
  sessions(): number
  close(): Promise<void>
}

/** Listens on three free ports of 127.0.0.1. */
export async function startRig(pages: RigPages = new Map()): Promise<Rig> {
  const router = new Router(pages)
  const plain = plainServer(router)
  const other = plainServer(router)
  const certificate = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  })
  const tls = createSecureServer(
    { key: certificate.private, cert: certificate.cert, allowHTTP1: true },
    (request, response) => router.handle(request, response as unknown as RigResponse).catch(() => response.destroy()),
  )
  let sessions = 0
  const connections = new Set<{ destroy(): void }>()
  tls.on('session', (session) => {
    sessions += 1
    session.on('error', () => {})
    session.on('close', () => {
      sessions -= 1
    })
  })
  tls.on('secureConnection', (socket) => {
    connections.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => connections.delete(socket))
  })
  const [rigUrl, rigOtherUrl, tlsUrl] = await Promise.all([listen(plain), listen(other), listen(tls)])
  router.elsewhere = rigOtherUrl
  return {
    rigUrl,
    rigOtherUrl,
    rigTlsUrl: tlsUrl.replace('http:', 'https:'),
    certificate: certificate.cert,
    sessions: () => sessions,
    async close() {
      await router.close()
      for (const connection of connections) connection.destroy()
      await Promise.all([stop(plain), stop(other), stop(tls)])
    },
  }
}

function plainServer(router: Router): Server {
  const server = createServer((request, response) => {
    router.handle(request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request, socket, head) => {
    router.upgrade(request, socket, head).catch(() => socket.destroy())
  })
  // A test that keeps a socket open for long is no fault of the client's.
  server.requestTimeout = 0
  return server
}

async function listen(server: Server | Http2SecureServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function stop(server: Server | Http2SecureServer): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
}
