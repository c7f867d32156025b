/**
 * The WebSocket of a session.
 *
 * @module
 */

import { type RawData, WebSocket } from 'ws'

/** What happens on a socket. */
export interface SocketListener {
  message(data: RawData, isBinary: boolean): void
  /** A protocol ping or pong. */
  control(): void
  /** Nothing more will happen. */
  closed(code: number): void
}

/** Listeners that all sockets share: five closures for each connection would weigh half a kilobyte. */
export class SessionSocket extends WebSocket {
  session: SocketListener | null = null

  /** Begins to hand on what happens. */
  listen(session: SocketListener): void {
    this.session = session
    this.on('message', onMessage)
    this.on('ping', onControl)
    this.on('pong', onControl)
    // `ws` closes with 1002, 1007 or 1009 by itself; without a listener its error would end the process.
    this.on('error', onError)
    this.on('close', onClose)
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  sessionOf(this)?.message(data, isBinary)
}

function onControl(this: WebSocket): void {
  sessionOf(this)?.control()
}

function onError(): void {}

function onClose(this: WebSocket, code: number): void {
  sessionOf(this)?.closed(code)
}

function sessionOf(socket: WebSocket): SocketListener | null {
  return socket instanceof SessionSocket ? socket.session : null
}
