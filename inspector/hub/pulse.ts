/**
 * Finding out who has gone without a word: over a network a peer that loses its line leaves a socket that looks open for ever.
 * Not on loopback, where the system itself says when a process ends, and where one that a debugger holds must not be taken for dead.
 *
 * @module
 */
import type { WebSocket } from 'ws'
import type { Clock } from '../../src/server/clock.ts'

/** In ms. Who has not answered by the next time is cut. */
const EVERY = 20_000

/** Asks all of these for a sign of life, again and again. @returns stops it. */
export function keepPulse(sockets: () => Iterable<WebSocket>, clock: Clock): () => void {
  const asked = new WeakMap<WebSocket, 'waiting' | 'answered'>()

  function ask(socket: WebSocket): void {
    const state = asked.get(socket)
    if (state === 'waiting') {
      socket.terminate()
      return
    }
    if (state === undefined) {
      const answered = (): void => void asked.set(socket, 'answered')
      // A pong waits behind what its peer is sending; that is a sign of life too.
      socket.on('pong', answered).on('message', answered)
    }
    asked.set(socket, 'waiting')
    // Called with an error when the socket is closing already.
    socket.ping(undefined, undefined, () => undefined)
  }

  function beat(): void {
    for (const socket of sockets()) ask(socket)
    timer = clock.setTimeout(beat, EVERY)
  }

  let timer = clock.setTimeout(beat, EVERY)
  return () => clock.clearTimeout(timer)
}
