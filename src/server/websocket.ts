/**
 * The door for WebSocket: `/v1/ws`, sub-protocol `statewire.v1.json` and no other.
 *
 * @module
 */

import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { HEADERS, PROBLEM_TYPE, PROTOCOL_MAJOR, WEBSOCKET_PATH, WEBSOCKET_PROTOCOL } from '../wire/names.ts'
import type { ServerContext } from './context.ts'
import { judgeOrigin } from './cors.ts'
import { headerOf } from './exchange.ts'
import { problemBody, Refusal } from './problem.ts'
import { MAX_FRAME_BYTES, Session } from './session.ts'
import { pathOf } from './stream-path.ts'

/** `ws` allows 16,384: an endless row of empty fragments would keep it busy without ever reaching a size limit. */
const MAX_FRAGMENTS = 64

/** How long a peer may take to answer a close frame. */
const CLOSE_TIMEOUT_MS = 5_000

export class SocketDoor {
  readonly #context: ServerContext
  /** Deflate stays off: with it one idle connection costs 233 KB instead of 6. */
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    handleProtocols: () => WEBSOCKET_PROTOCOL,
    // Younger than the published types, and ignored by an older `ws`.
    ...{ maxFragments: MAX_FRAGMENTS, closeTimeout: CLOSE_TIMEOUT_MS },
  })

  constructor(context: ServerContext) {
    this.#context = context
  }

  /** Takes over a socket that asks for us. `false`, and nothing touched, when it asks for something else. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (pathOf(request.url ?? '') !== WEBSOCKET_PATH) return false
    // Until `ws` has it, nobody else listens: a reset here would end the process.
    socket.on('error', () => {})
    const refusal = this.#judge(request)
    if (refusal !== null) refuseUpgrade(socket, refusal)
    else
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => new Session(this.#context, webSocket, socket))
    return true
  }

  close(): void {
    this.#sockets.close()
  }

  #judge(request: IncomingMessage): Refusal | null {
    if (this.#context.openReads.draining)
      return new Refusal(503, 'draining', 'The server is stopping.', { 'Retry-After': '1' })
    if (judgeOrigin(request, this.#context.origins) === 'foreign')
      return new Refusal(403, 'origin_refused', 'This origin is not on the list.')
    const asked = headerOf(request, 'sec-websocket-protocol')?.split(',') ?? []
    if (asked.some((protocol) => protocol.trim() === WEBSOCKET_PROTOCOL)) return null
    return new Refusal(400, 'sub_protocol_required', `The sub-protocol has to be ${WEBSOCKET_PROTOCOL}.`)
  }
}

/** Answers an upgrade without taking it. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = problemBody(refusal.status, refusal.code, refusal.message, {})
  const headers = {
    Connection: 'close',
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    [HEADERS.protocol]: String(PROTOCOL_MAJOR),
    ...refusal.headers,
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\n${lines.join('')}\r\n${body}`)
  socket.resume()
}
