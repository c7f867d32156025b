/**
 * The door for WebSocket: `/v1/ws`, sub-protocol `statewire.v1.json` and no other.
 *
 * @module
 */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Server, WebSocketServer } from 'ws'
import { WEBSOCKET_PATH, WEBSOCKET_PROTOCOL } from '../../wire/names.ts'
import type { ServerContext } from '../context.ts'
import { factsOf } from '../facts.ts'
import { draining } from '../http.ts'
import { hangUp } from '../operations/hang-up.ts'
import { Refusal } from '../problem.ts'
import { pathOf } from '../stream-path.ts'
import { Guest } from './guest.ts'
import { checkHandshake } from './handshake.ts'
import { Liveness } from './liveness.ts'
import { Session } from './session.ts'
import { SessionSocket } from './session-socket.ts'

/** How long a peer may take to answer a close frame. `ws` allows 30 s. */
const CLOSE_TIMEOUT_MS = 5_000

export class SocketDoor {
  readonly #context: ServerContext
  readonly #liveness: Liveness
  readonly #sockets: Server<typeof SessionSocket>

  constructor(context: ServerContext) {
    const { messageBytes, fragments } = context.limits
    this.#context = context
    this.#liveness = new Liveness(context)
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // With it one idle connection costs 233 KB instead of 6, and 64 KiB may become 64 MiB.
      perMessageDeflate: false,
      maxPayload: messageBytes,
      // `ws` allows 16,384: an endless row of empty fragments would keep it busy without ever reaching a size limit.
      maxFragments: fragments,
      WebSocket: SessionSocket,
      // A ticket stands beside it in the list, and must not be sent back.
      handleProtocols: () => WEBSOCKET_PROTOCOL,
      // Younger than the published types. Of pongs that wait `ws` takes 60 and then cuts without a word: we count frames ourselves.
      ...{ closeTimeout: CLOSE_TIMEOUT_MS, maxPendingAutoPongs: 0 },
    })
    this.#sockets.on('wsClientError', (_error, socket) =>
      this.#refuse(socket, new Refusal(400, 'bad_handshake', 'This is not a handshake of WebSocket.')),
    )
  }

  /** Takes over a socket that asks for us. `false`, and nothing touched, when it asks for something else. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (pathOf(request.url ?? '') !== WEBSOCKET_PATH) return false
    // Until `ws` has it, nobody else listens: a reset here would end the process.
    socket.on('error', ignore)
    this.#admit(request, socket, head).catch((thrown: unknown) => this.#refuse(socket, thrown))
    return true
  }

  close(): void {
    this.#sockets.close()
  }

  async #admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#checkCounts()
    this.#checkDraining()
    checkHandshake(request)
    this.#context.gate.accept()
    const guest = await Guest.admit(this.#context.gate, factsOf(request, 'websocket'))
    try {
      this.#checkDraining()
      if (!this.#open(guest, request, socket, head)) guest.leave()
    } catch (thrown) {
      guest.leave()
      throw thrown
    }
  }

  /** Frames number the records: a socket would tell what sealed positions hide. */
  #checkCounts(): void {
    if (!this.#context.positions.counts)
      throw new Refusal(404, 'no_such_endpoint', 'This server does not number its records, and a socket would.')
  }

  #checkDraining(): void {
    if (this.#context.openReads.draining) throw draining()
  }

  /** `false`: the peer has gone already, or `ws` has refused it. */
  #open(guest: Guest, request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    let opened = false
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      opened = true
      socket.off('error', ignore)
      webSocket.listen(new Session(this.#context, this.#liveness, guest, webSocket, socket))
    })
    return opened
  }

  #refuse(socket: Duplex, thrown: unknown): void {
    const { instruments, report } = this.#context
    const refusal =
      thrown instanceof Refusal ? thrown : new Refusal(500, 'internal', 'Something inside the server failed.')
    if (refusal !== thrown) report(thrown)
    instruments.refused(refusal.code)
    hangUp(socket, refusal)
  }
}

function ignore(): void {}
