/**
 * The way out of a connection: frames onto the socket, and what follows when it takes no more.
 *
 * @module
 */

import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { ServerFrame } from '../../wire/frames.ts'
import type { ServerContext } from '../context.ts'
import type { WheelTimer } from '../timer-wheel.ts'
import type { Outlet } from './subscription.ts'

/** Who is told how it goes. */
export interface OutletOwner {
  /** Something was sent. */
  sent(): void
  /** The socket takes more again. */
  drained(): void
  /** The socket has taken nothing for too long. */
  stalled(): void
}

export class SocketOutlet implements Outlet {
  readonly #context: ServerContext
  readonly #socket: WebSocket
  /** The socket below: only it tells when it is full and when it has drained. */
  readonly #stream: Duplex
  readonly #owner: OutletOwner
  /** While the socket is full. */
  #stallTimer: WheelTimer | null = null

  constructor(context: ServerContext, socket: WebSocket, stream: Duplex, owner: OutletOwner) {
    this.#context = context
    this.#socket = socket
    this.#stream = stream
    this.#owner = owner
  }

  get isFull(): boolean {
    return this.#stream.writableNeedDrain
  }

  writable(): boolean {
    return this.#isOpen() && !this.isFull
  }

  transmit(frame: ServerFrame): void {
    if (!this.#isOpen()) return
    this.#socket.send(JSON.stringify(frame))
    this.#sent()
  }

  /** Past `ws`: without compression it keeps nothing back that this could overtake. */
  transmitRecords(frame: Buffer, records: number): void {
    if (!this.#isOpen()) return
    const { instruments } = this.#context
    this.#stream.write(frame)
    instruments.delivered('websocket', records)
    instruments.sent('websocket', frame.length)
    this.#sent()
  }

  /** Begins to wait for room, when there is none. */
  awaitRoom(): void {
    if (this.#stallTimer !== null || !this.isFull || !this.#isOpen()) return
    const { wheel, limits } = this.#context
    this.#stallTimer = wheel.setDeadline(limits.stallMs, () => this.#owner.stalled())
    // Only now: a listener for each socket that is never full would be a waste.
    this.#stream.once('drain', () => this.#drained())
  }

  stop(): void {
    if (this.#stallTimer !== null) this.#context.wheel.clear(this.#stallTimer)
    this.#stallTimer = null
  }

  #isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  #sent(): void {
    this.#owner.sent()
    this.awaitRoom()
  }

  #drained(): void {
    this.stop()
    this.#owner.drained()
  }
}
