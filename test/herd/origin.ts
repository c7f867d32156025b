/**
 * A server that counts who comes, and can be drained or cut off.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../src/server/clock.ts'
import { createStreamServer, type StreamServer } from '../../src/server/index.ts'
import type { Limits } from '../../src/server/limits.ts'
import type { StreamStore } from '../../src/server/stores/store.ts'
import { unlimited } from '../bench/server/unlimited.ts'

export interface Origin {
  readonly server: StreamServer
  readonly port: number
  /** When each attempt arrived, accepted or not. */
  readonly arrivals: readonly number[]
  /** The server's side of every socket that is open: what it holds back shows in their `writableLength`. */
  readonly sockets: ReadonlySet<Duplex>
  /** Cuts every connection off and listens no more, as the end of a process would. */
  crash(): void
}

export interface OriginOptions {
  readonly store: StreamStore
  readonly clock: Clock
  /** Default: any free one. */
  readonly port?: number | undefined
  readonly limits?: Partial<Limits> | undefined
  readonly report?: ((error: unknown) => void) | undefined
}

/** Opens a server on this machine. All limits but those given are lifted that clients from one address would meet. */
export async function openOrigin({ store, clock, port = 0, limits, report }: OriginOptions): Promise<Origin> {
  const server = createStreamServer({
    allowAnonymous: true,
    store,
    clock,
    limits: { ...unlimited, ...limits },
    ...(report !== undefined && { report }),
  })
  const arrivals: number[] = []
  const sockets = new Set<Duplex>()
  const outer = createServer((request, response) => {
    // The publisher's appends are no clients that come back.
    if (request.method === 'GET') arrivals.push(clock.now())
    void server.handle(request, response)
  })
  outer.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  outer.on('upgrade', (request, socket, head) => {
    arrivals.push(clock.now())
    server.upgrade(request, socket, head)
  })
  // Node's own 511 would overflow when 10,000 dial in half a second, and the kernel makes them wait a second for it.
  outer.listen({ port, host: '127.0.0.1', backlog: 4_096 })
  await once(outer, 'listening')
  const address = outer.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return {
    server,
    port: address.port,
    arrivals,
    sockets,
    crash() {
      outer.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
