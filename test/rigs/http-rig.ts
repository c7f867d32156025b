/**
 * Real servers for the tests of the HTTP transports: plain, over TLS, and HTTP/2, each scripted by one handler.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  createSecureServer,
  type Http2SecureServer,
  type Http2Server,
} from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { generate } from 'selfsigned'
import { expect, onTestFinished, vi } from 'vitest'
import type { Bookmark, DialRequest, Link, Message } from '../../src/link.ts'

/** Answers one request. HTTP/2 servers hand over their compatible classes, which have the same methods. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A server on a port of its own; it goes when the test ends. */
export interface HttpRig {
  readonly url: string
  /** What was asked, oldest first: `GET /path`. */
  readonly asked: string[]
  /** Open sockets, as the server counts them. */
  connections(): number
}

type AnyServer = Server | Http2Server | Http2SecureServer

async function serve(server: AnyServer, scheme: string, asked: string[]): Promise<HttpRig> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  server.on('request', (request: IncomingMessage) => asked.push(`${request.method} ${request.url}`))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `${scheme}://127.0.0.1:${port}`, asked, connections: () => sockets.size }
}

/** HTTP/1.1 without TLS. */
export function httpRig(handler: Handler): Promise<HttpRig> {
  return serve(createServer({ keepAliveTimeout: 60_000 }, handler), 'http', [])
}

let certificate: ReturnType<typeof generate> | undefined

/** A certificate for 127.0.0.1 that signs itself; made once per test file. */
export function selfSigned(): ReturnType<typeof generate> {
  certificate ??= generate([{ name: 'commonName', value: 'localhost' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  })
  return certificate
}

/** HTTP/1.1 over TLS, without HTTP/2. */
export async function httpsRig(handler: Handler): Promise<HttpRig> {
  const { private: key, cert } = await selfSigned()
  return serve(createHttpsServer({ key, cert }, handler), 'https', [])
}

/** HTTP/2 over TLS; HTTP/1.1 for those who do not ask for it. */
export async function http2Rig(handler: Handler): Promise<HttpRig & { readonly server: Http2SecureServer }> {
  const { private: key, cert } = await selfSigned()
  const server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
    handler(request as unknown as IncomingMessage, response as unknown as ServerResponse)
  })
  return { ...(await serve(server, 'https', [])), server }
}

/** HTTP/2 without TLS, for clients that know. */
export function clearHttp2Rig(handler: Handler): Promise<HttpRig> {
  const server = createHttp2Server((request, response) => {
    handler(request as unknown as IncomingMessage, response as unknown as ServerResponse)
  })
  return serve(server, 'http', [])
}

/** A dial request that notes what it is told. */
export interface NotedDial extends DialRequest {
  readonly floors: number[]
  readonly abort: () => void
  heardTimes(): number
}

/** For a dial without a chart around it. */
export function dialRequest(given: Partial<DialRequest> = {}): NotedDial {
  const controller = new AbortController()
  const floors: number[] = []
  let heard = 0
  return {
    signal: controller.signal,
    position: null,
    attempt: 0,
    heartbeatInterval: Number.POSITIVE_INFINITY,
    heard: () => {
      heard++
    },
    gap: () => undefined,
    spend: () => 0,
    delay: () => new Promise(() => {}),
    retryFloor: (milliseconds) => floors.push(milliseconds),
    ...given,
    floors,
    abort: () => controller.abort(),
    heardTimes: () => heard,
  }
}

/** Everything a link delivers until it ends, and how it ended: `false`, or the error. */
export interface Drained {
  readonly items: (Message | Bookmark)[]
  readonly data: unknown[]
  readonly end: unknown
}

/** Reads a link to its end. With `fullEvery` the consumer says that it is full after each so many items. */
export async function drain(link: Link, fullEvery = Number.POSITIVE_INFINITY): Promise<Drained> {
  const items: (Message | Bookmark)[] = []
  let end: unknown
  try {
    do {
      end = await link.read((item) => items.push(item) % fullEvery !== 0)
    } while (end === true)
  } catch (error) {
    end = error
  }
  link.close()
  return { items, data: items.filter((item) => item.data !== undefined).map((item) => item.data), end }
}

/** The error a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('It was expected to reject.')
}

/** Waits for a condition that a socket will bring about. */
export function until(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(condition()).toBe(true), { timeout: 5_000, interval: 2 })
}

/** Writes the pieces one by one, each only after the one before has left the process and the client had a turn. */
export async function writeSlowly(response: ServerResponse, pieces: Iterable<Uint8Array | string>): Promise<void> {
  for (const piece of pieces) {
    await new Promise<void>((resolve) => response.write(piece, () => setImmediate(resolve)))
  }
}

/** The body of a request, as text. */
export async function requestText(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
