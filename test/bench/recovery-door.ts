/**
 * A port of a stream server that can be slammed: every connection through it is reset, and nobody else notices.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import type { StreamServer } from '../../src/server/index.ts'
import { monotonicMs } from './server/monotonic.ts'

/** Node's own 511 would overflow when thousands dial at once, and the kernel makes them wait a second for it. */
const BACKLOG = 4_096

export class Door {
  readonly #http = createServer()
  readonly #sockets = new Set<Socket>()
  /** What carries a read at this moment: between two polls nothing does, and a cut would go unnoticed. */
  readonly #reads = new Set<ServerResponse | Duplex>()

  constructor(server: StreamServer) {
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#http.on('request', (request, response) => {
      this.#note(response)
      void server.handle(request, response)
    })
    this.#http.on('upgrade', (request, socket, head) => {
      this.#note(socket)
      server.upgrade(request, socket, head)
    })
  }

  /** On any free port, which it answers with. */
  async open(): Promise<number> {
    this.#http.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG })
    await once(this.#http, 'listening')
    const address = this.#http.address()
    if (address === null || typeof address === 'string') throw new Error('The door has no port.')
    return address.port
  }

  /** Waits for a read to be under way, resets everything, and answers with the moment. */
  async slam(): Promise<number> {
    while (this.#reads.size === 0) await turn()
    const at = monotonicMs()
    for (const socket of this.#sockets) socket.resetAndDestroy()
    return at
  }

  #note(read: ServerResponse | Duplex): void {
    this.#reads.add(read)
    read.on('close', () => this.#reads.delete(read))
  }
}
