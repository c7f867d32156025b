/**
 * The sockets that carry something at this moment, so that they can be counted, and cut.
 *
 * @module
 */
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

export class Lines {
  readonly #uses = new Map<Duplex, number>()

  get size(): number {
    return this.#uses.size
  }

  /** Until the answer ends: its socket outlives it (keep-alive) and may then carry something else. */
  hold(socket: Duplex, until: ServerResponse | Duplex): void {
    this.#uses.set(socket, (this.#uses.get(socket) ?? 0) + 1)
    until.once('close', () => {
      const left = (this.#uses.get(socket) ?? 1) - 1
      if (left === 0) this.#uses.delete(socket)
      else this.#uses.set(socket, left)
    })
  }

  /** @returns how many there were. */
  cut(): number {
    const sockets = [...this.#uses.keys()]
    for (const socket of sockets) socket.destroy()
    return sockets.length
  }
}
