/**
 * The server of statewire: named append-only streams, with positions and resume, over SSE, NDJSON, long-poll and
 * WebSocket.
 *
 * @example
 * const server = createStreamServer({ allowAnonymous: true })
 * const { url } = await server.listen({ port: 8080 })
 * await server.stream('rooms/42').append({ text: 'hello' })
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Chores } from './chores.ts'
import { answerElsewhere, upgradeElsewhere } from './elsewhere.ts'
import type { StreamRequest, StreamResponse } from './exchange.ts'
import { handle } from './http.ts'
import { Listeners, type ServerListening, type ServerListenOptions } from './listeners.ts'
import { handleAdmin } from './operations/admin.ts'
import { prometheus } from './operations/prometheus.ts'
import { contextFrom, isProduction, type StreamServerOptions } from './options.ts'
import { type NewStream, type ServerStream, serverStream } from './server-stream.ts'
import { SocketDoor } from './socket/door.ts'
import { parseStreamPath } from './stream-path.ts'
import { answerFetch } from './web/fetch-exchange.ts'

/** How a server stops. */
export interface CloseOptions {
  /** What clients are asked to wait at least, in milliseconds. Default 0. */
  readonly afterMs?: number | undefined
  /**
   * Over how long their return is spread, in milliseconds. Default: 2 ms per open connection, 1 s at least and 30 s at
   * most, which keeps a crowd of any size below 500 a second.
   */
  readonly spreadMs?: number | undefined
  /** When connections that do not end by themselves are cut, in milliseconds. Default 5,000. */
  readonly graceMs?: number | undefined
}

/** A server of streams. */
export interface StreamServer {
  /**
   * Answers a request under `/v1/stream/` or for `/v1/ticket`, of `node:http` or the compatibility layer of `node:http2`.
   * Resolves `false`, and touches nothing, when the path is not ours; never rejects.
   */
  handle(request: StreamRequest, response: StreamResponse): Promise<boolean>
  /** The same as a middleware: calls `next` when the path is not ours. `app.use(server.middleware)` in Express. */
  readonly middleware: (request: StreamRequest, response: StreamResponse, next: () => void) => void
  /** Takes over a socket that asks for `/v1/ws`. `false`, and nothing touched, when it asks for something else. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
  /** Answers a Web `Request`, where there is no `node:http`: everything but WebSocket. 404 when the path is not ours. */
  readonly fetch: (request: Request, info?: { readonly address?: string | undefined }) => Promise<Response>
  /** Answers `/healthz`, `/readyz` and `/metrics`. For a listener of its own that only operators reach; `false` for other paths. */
  readonly admin: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
  /** How many sockets and live reads are open. */
  readonly connections: number
  /** Listens by itself. Once; after a rejection (the port is taken) it may be tried again. */
  listen(options?: ServerListenOptions): Promise<ServerListening>
  /** Says goodbye to every open read and socket, ends them, and leaves no handle behind. Idempotent. */
  close(options?: CloseOptions): Promise<void>
  /** Ends every open connection of a principal now; what it asks next is authenticated anew. */
  revoke(principal: string): void
  /**
   * A stream by its path. It is created by its first append, or by `create()`.
   *
   * @throws Error when there can be no stream by this path.
   */
  stream(path: string, options?: NewStream): ServerStream
}

/**
 * Creates a server.
 *
 * @throws Error without `authenticate` or `allowAnonymous: true`, or when another option is not right.
 */
export function createStreamServer(options: StreamServerOptions): StreamServer {
  const metrics = prometheus()
  const context = contextFrom(
    options ?? {},
    options?.meter === undefined ? [metrics.meter] : [metrics.meter, options.meter],
  )
  const { openReads, clock, wheel, store, hub, gate, instruments, report } = context
  const sockets = new SocketDoor(context)
  const answer = (request: StreamRequest, response: StreamResponse): Promise<boolean> =>
    handle(context, request, response)
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): boolean =>
    sockets.upgrade(request, socket, head)
  const admin = (request: IncomingMessage, response: ServerResponse): Promise<boolean> =>
    handleAdmin({ metrics, ready: () => store.ready(), draining: () => openReads.draining }, request, response)
  const listeners = new Listeners(
    {
      request: (request, response) => void answerElsewhere(answer(request, response), response),
      upgrade: (request, socket, head) => upgradeElsewhere(upgrade(request, socket, head), socket),
      failed: report,
    },
    admin,
    {
      production: isProduction(options),
      trustedProxies: options.trustedProxies,
      open: options.authenticate === undefined,
    },
  )
  const chores = new Chores(context)
  instruments.watch({
    streams: () => hub.size,
    storeReads: () => hub.reads.size,
    ringBytes: () => hub.ringBytes,
  })
  let closing: Promise<void> | null = null

  const stop = async ({ afterMs = 0, spreadMs, graceMs = 5_000 }: CloseOptions): Promise<void> => {
    openReads.drain(afterMs, spreadMs ?? spreadFor(openReads.size))
    const timer = clock.setTimeout(() => {
      openReads.cut()
      listeners.cut()
    }, graceMs)
    // In this order: closing the listener cuts idle connections, and one whose last words are still on their way looks idle.
    await openReads.empty()
    await listeners.close()
    clock.clearTimeout(timer)
    sockets.close()
    chores.stop()
    gate.close()
    hub.close()
    wheel.stop()
    instruments.close()
    await store.close()
  }

  return {
    handle: answer,
    middleware: (request, response, next) => void answer(request, response).then((ours) => ours || next()),
    upgrade,
    fetch: (request, info) => answerFetch(answer, request, info),
    admin,
    get connections() {
      return openReads.size
    },
    listen: (listenOptions = {}) =>
      closing === null ? listeners.open(listenOptions) : Promise.reject(new Error('This server is closed.')),
    close(closeOptions = {}) {
      closing ??= stop(closeOptions)
      return closing
    },
    revoke: (principal) => gate.revoke(principal),
    stream(path, streamOptions = {}) {
      const parsed = parseStreamPath(path)
      if (parsed.kind !== 'path') throw new Error('A stream path is 1 to 8 segments of letters, digits, or . _ ~ -')
      return serverStream(context, path, streamOptions)
    },
  }
}

function spreadFor(connections: number): number {
  return Math.min(Math.max(2 * connections, 1_000), 30_000)
}

export type { Clock } from './clock.ts'
export type { StreamRequest, StreamResponse } from './exchange.ts'
export type { Limits, Rate } from './limits.ts'
export type { ServerListening, ServerListenOptions } from './listeners.ts'
export type { StreamListener } from './local-reader.ts'
export { drainOnSignal } from './operations/signals.ts'
export type { StreamServerOptions, StreamTuning } from './options.ts'
export type { Action, Authenticate, AuthenticationRequest, Authorize, Principal } from './security/principal.ts'
export type { NewStream, ServerStream, StreamPosition, StreamRecord, StreamStatus } from './server-stream.ts'
export { fileStore } from './stores/file-store.ts'
export { memoryStore } from './stores/memory-store.ts'
export * from './stores/store.ts'
export type { StoreOptions } from './stores/store-options.ts'
