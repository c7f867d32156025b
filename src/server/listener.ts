/**
 * A listener, for those who have no server of their own to mount ours on: HTTP/1.1, or HTTP/1.1 and HTTP/2 over TLS.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { setStandingHeaders } from './exchange.ts'
import { Connections } from './operations/connections.ts'
import { hangUp, isAnswerable, isDue, NO_TUNNEL, refusalOfError } from './operations/hang-up.ts'
import { refusalOfShape } from './operations/request-shape.ts'
import { createTransport, DEFAULT_TIMES, type TransportSecurity, type TransportTimes } from './operations/transport.ts'
import { type Refusal, refuse } from './problem.ts'
import { isLoopback } from './security/address.ts'

/** Where to listen, and how. */
export interface ListenOptions extends TransportSecurity {
  /** Default 0: any free port. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`: a server that lets everyone in should not meet everyone by accident. */
  readonly host?: string | undefined
}

/** Where the server listens. */
export interface Listening {
  /** `http://127.0.0.1:40123`, without a slash at the end. */
  readonly url: string
  readonly port: number
}

/** What is done with what comes in. */
export interface ListenerDoors {
  /** Requests of HTTP/2 come through Node's compatibility layer. */
  request(request: IncomingMessage, response: ServerResponse): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** The listener failed after it had begun, and goes on. Called once a second at most. */
  failed(error: Error): void
}

/** What is known about the place where we listen. */
export interface ListenerPlace {
  /** Real users are served: plain HTTP is refused where strangers could read along. Default `false`. */
  readonly production?: boolean | undefined
  /** Proxies in front, which do TLS for us. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined
  readonly times?: TransportTimes | undefined
}

export interface Listener {
  readonly address: Listening
  /** Takes no more connections, and resolves when the last one has ended. */
  close(): Promise<void>
  /** Ends every connection now. */
  cut(): void
}

/** Connections that wait to be accepted. Node's 511 overflow when thousands dial at once, and each dials again a second later. */
const BACKLOG = 4_096

/**
 * Listens.
 *
 * @throws Error when the port is taken, TLS is not right, or plain HTTP would be open to strangers in production.
 */
export async function listen(
  doors: ListenerDoors,
  options: ListenOptions,
  place: ListenerPlace = {},
): Promise<Listener> {
  const { port = 0, host = '127.0.0.1' } = options
  refusePlain(host, options, place)
  const server = createTransport(options, place.times ?? DEFAULT_TIMES)
  const connections = new Connections()
  admit(server, options.tls !== undefined, connections, doors)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', reject)
      server.on('error', atMostOnceASecond(doors.failed))
      resolve()
    })
  })
  const { address, family, port: taken } = addressOf(server)
  const shown = family === 'IPv6' ? `[${address}]` : address
  return {
    address: { url: `${options.tls === undefined ? 'http' : 'https'}://${shown}:${taken}`, port: taken },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        connections.close()
      }),
    cut: () => connections.cut(),
  }
}

/** S2: a token that is sent in the clear belongs to whoever listens on the way. */
function refusePlain(host: string, { tls }: ListenOptions, { production = false, trustedProxies = [] }: ListenerPlace) {
  if (!production || tls !== undefined || trustedProxies.length > 0 || host === 'localhost' || isLoopback(host)) return
  throw new Error('In production a server listens with tls, behind trustedProxies, or on this machine only.')
}

/** Leads what comes in to the doors, past those who turn away what is no request. */
function admit(server: Server, secure: boolean, connections: Connections, doors: ListenerDoors): void {
  track(server, secure, connections)
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    connections.asked(request, response)
    const refusal = refusalOfShape(request)
    if (refusal === null) doors.request(request, response)
    else refuseRequest(request, response, refusal)
  }
  server.on('request', answer)
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    continueWhenRead(request, response)
    answer(request, response)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    connections.upgraded(socket)
    const refusal = refusalOfShape(request)
    if (refusal === null) doors.upgrade(request, socket, head)
    else hangUp(socket, refusal)
  })
  // Node would close the connection without a word.
  server.on('connect', (request: IncomingMessage, peer: Duplex | ServerResponse) => {
    const refusal = refusalOfShape(request) ?? NO_TUNNEL
    if (peer instanceof Duplex) hangUp(peer, refusal)
    else refuseRequest(request, peer, refusal)
  })
  refuseGarbage(server, connections)
}

/** Before the handshake it is not known which version will be spoken, and the socket is not the one that requests come by. */
function track(server: Server, secure: boolean, connections: Connections): void {
  if (!secure) server.on('connection', (socket: Socket) => connections.opened(socket))
  else {
    server.on('connection', (socket: Socket) => connections.accepted(socket))
    server.on('secureConnection', (socket: TLSSocket) => {
      if (socket.alpnProtocol !== 'h2') connections.opened(socket)
    })
    server.on('session', (session: ServerHttp2Session) => connections.openedSession(session))
  }
}

function refuseRequest(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  // A client that goes away meanwhile would otherwise end the process.
  request.on('error', () => {})
  response.on('error', () => {})
  setStandingHeaders(response)
  refuse(response, refusal)
}

/**
 * `Expect: 100-continue` asks before it sends. It is told to go on when somebody begins to read, so that a body which is too large, or
 * from a stranger, never travels. A client that was not told may send its body or not: such a connection is not used again.
 */
function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const keepAlive = response.shouldKeepAlive
  response.shouldKeepAlive = false
  request.once('resume', () => {
    // Node itself reads what is left of a body, once the answer is out.
    if (response.headersSent) return
    response.shouldKeepAlive = keepAlive
    response.writeContinue()
  })
}

/** What the parser cannot take is answered once, and the connection closed. */
function refuseGarbage(server: Server, connections: Connections): void {
  // The parser complains about each further packet.
  const refused = new WeakSet<Duplex>()
  server.on('clientError', (error: Error, socket: Duplex) => {
    if (refused.has(socket)) return
    refused.add(socket)
    const refusal = refusalOfError(error)
    const latest = connections.latest(socket)
    if (refusal !== null && isAnswerable(socket, latest)) hangUp(socket, refusal)
    // What stood before the garbage was a good request: it may have been obeyed already, and gets its answer.
    else if (refusal !== null && latest !== undefined && isDue(latest)) latest.shouldKeepAlive = false
    else socket.destroy()
  })
}

/**
 * Where connections fail, they fail by the thousand. (Without file descriptors Linux turns newcomers away before Node hears of
 * them: that shows in `process_open_fds` alone.)
 */
function atMostOnceASecond(failed: (error: Error) => void): (error: Error) => void {
  let quietUntil = 0
  return (error) => {
    const now = performance.now()
    if (now < quietUntil) return
    quietUntil = now + 1_000
    failed(error)
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return address
}
