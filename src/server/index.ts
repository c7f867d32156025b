/**
 * The server of statewire: named append-only streams in memory, with positions and resume, over SSE, NDJSON, long-poll
 * and WebSocket.
 *
 * @example
 * const server = createStreamServer({ allowAnonymous: true })
 * const { url } = await server.listen({ port: 8080 })
 * server.stream('rooms/42').append({ text: 'hello' })
 *
 * @module
 */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { answerElsewhere, upgradeElsewhere } from './elsewhere.ts'
import type { StreamRequest, StreamResponse } from './exchange.ts'
import { handle } from './http.ts'
import { type Listener, type Listening, type ListenOptions, listen } from './listener.ts'
import { contextFrom, type StreamServerOptions } from './options.ts'
import { type ServerStream, serverStream } from './server-stream.ts'
import { parseStreamPath } from './stream-path.ts'
import { SocketDoor } from './websocket.ts'

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
   * Answers a request under `/v1/stream/`, of `node:http` or the compatibility layer of `node:http2`. Resolves `false`,
   * and touches nothing, when the path is not ours; never rejects.
   */
  handle(request: StreamRequest, response: StreamResponse): Promise<boolean>
  /** Takes over a socket that asks for `/v1/ws`. `false`, and nothing touched, when it asks for something else. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Listens by itself, over plain HTTP/1.1. Once; after a rejection (the port is taken) it may be tried again. */
  listen(options?: ListenOptions): Promise<Listening>
  /** Says goodbye to every open read and socket, ends them, and leaves no handle behind. Idempotent. */
  close(options?: CloseOptions): Promise<void>
  /**
   * A stream by its path, created when it is not there.
   *
   * @param contentType of a stream that is not there yet; default `application/json`.
   * @throws Error when there can be no stream by this path.
   */
  stream(path: string, contentType?: string): ServerStream
}

/**
 * Creates a server.
 *
 * @throws Error without `allowAnonymous: true`, or when another option is not right.
 */
export function createStreamServer(options: StreamServerOptions): StreamServer {
  const context = contextFrom(options)
  const { registry, openReads, clock, report } = context
  const sockets = new SocketDoor(context)
  let listening: Promise<Listener> | null = null
  let closing: Promise<void> | null = null

  const stop = async ({ afterMs = 0, spreadMs, graceMs = 5_000 }: CloseOptions): Promise<void> => {
    openReads.drain(afterMs, spreadMs ?? spreadFor(openReads.size))
    const listener = await listening?.catch(() => null)
    const timer = clock.setTimeout(() => {
      openReads.cut()
      listener?.cut()
    }, graceMs)
    // In this order: closing the listener cuts idle connections, and one whose last words are still on their way looks idle.
    await openReads.empty()
    await listener?.close()
    clock.clearTimeout(timer)
    sockets.close()
  }

  return {
    handle: (request, response) => handle(context, request, response),
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    listen(listenOptions = {}) {
      if (listening !== null || closing !== null)
        return Promise.reject(new Error('A server listens once, and not after close().'))
      listening = listen(
        {
          request: (request, response) => void answerElsewhere(handle(context, request, response), response),
          upgrade: (request, socket, head) => upgradeElsewhere(sockets.upgrade(request, socket, head), socket),
          failed: report,
        },
        listenOptions,
      )
      return listening.then(
        (listener) => listener.address,
        (error: unknown) => {
          listening = null
          throw error
        },
      )
    },
    close(closeOptions = {}) {
      closing ??= stop(closeOptions)
      return closing
    },
    stream(path, contentType = 'application/json') {
      const parsed = parseStreamPath(path)
      if (parsed.kind !== 'path') throw new Error('A stream path is 1 to 8 segments of letters, digits, or . _ ~ -')
      const open = () => {
        const log = registry.find(path) ?? registry.create(path, contentType)
        if (log === null) throw new Error('This server holds no more streams.')
        return log
      }
      // Now, so that a client which asks before the first record is not told that there is no such stream.
      open()
      return serverStream(path, { open, delete: () => registry.delete(path), report })
    },
  }
}

function spreadFor(connections: number): number {
  return Math.min(Math.max(2 * connections, 1_000), 30_000)
}

export type { Clock } from './clock.ts'
export type { StreamRequest, StreamResponse } from './exchange.ts'
export type { Listening, ListenOptions } from './listener.ts'
export type { StreamServerOptions } from './options.ts'
export type { ServerStream, StreamPosition, StreamRecord } from './server-stream.ts'
export type { Retention } from './stream-log.ts'
