/**
 * The HTTP connections of one listener: which are idle, and how to end them. Node knows too, but tells only for plain HTTP/1.1.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import type { Duplex } from 'node:stream'

interface Connection {
  /** Requests without an answer yet. */
  open: number
  /** The answer that is due or under way, of several the last. Not kept beyond that: an idle connection would hold 2 kB more. */
  latest: ServerResponse | undefined
}

export class Connections {
  readonly #http1 = new Map<Duplex, Connection>()
  /** All sockets below TLS: one whose handshake hangs is known nowhere else. */
  readonly #accepted = new Set<Duplex>()
  readonly #http2 = new Set<ServerHttp2Session>()
  /** One listener for all sockets, without `once`: a closure and a wrapper each would weigh 0.4 kB a connection. */
  readonly #forget: (this: Duplex) => void
  #state: 'open' | 'closing' = 'open'

  constructor() {
    const http1 = this.#http1
    this.#forget = function () {
      http1.delete(this)
    }
  }

  /** A connection that will speak TLS. */
  accepted(socket: Duplex): void {
    this.#accepted.add(socket)
    socket.once('close', () => this.#accepted.delete(socket))
  }

  /** A connection for HTTP/1.1. */
  opened(socket: Duplex): void {
    if (this.#state === 'closing') socket.destroy()
    this.#http1.set(socket, { open: 0, latest: undefined })
    socket.on('close', this.#forget)
  }

  /** A session of HTTP/2. */
  openedSession(session: ServerHttp2Session): void {
    if (this.#state === 'closing') session.close()
    this.#http2.add(session)
    session.once('close', () => this.#http2.delete(session))
  }

  /** A request has come. Of HTTP/2, sessions know themselves when they are done. */
  asked(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#http1.get(request.socket)
    if (connection === undefined) return
    connection.open++
    connection.latest = response
    response.once('close', () => {
      connection.open--
      if (connection.latest === response) connection.latest = undefined
      // One that was busy is idle once its answer is out, and would be kept alive for nobody.
      if (this.#state === 'closing' && connection.open === 0) request.socket.destroy()
    })
  }

  /** The connection is no longer one of HTTP, and somebody else's. */
  upgraded(socket: Duplex): void {
    this.#http1.delete(socket)
    socket.off('close', this.#forget)
  }

  /** The answer that is due or under way on this connection. */
  latest(socket: Duplex): ServerResponse | undefined {
    return this.#http1.get(socket)?.latest
  }

  /** Ends what is idle now, and the rest when its answers are out. */
  close(): void {
    this.#state = 'closing'
    for (const [socket, { open }] of this.#http1) if (open === 0) socket.destroy()
    for (const session of this.#http2) session.close()
  }

  /** Ends everything now. */
  cut(): void {
    for (const socket of this.#http1.keys()) socket.destroy()
    for (const session of this.#http2) session.destroy()
    for (const socket of this.#accepted) socket.destroy()
  }
}
