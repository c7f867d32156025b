/**
 * Closing a socket whose other end may not care: it gets a moment to answer, and is cut then. `ws` alone would wait for half a
 * minute, and go on reading what a flooding peer sends.
 *
 * @module
 */
import type { WebSocket } from 'ws'
import type { Closing } from './refusal.ts'

/** In ms. */
const GRACE = 1_000

/** Says why, and cuts the socket if it is still there after a moment. */
export function closeSoon(socket: WebSocket, [code, reason]: Closing): void {
  socket.close(code, reason)
  cutSoon(socket)
}

/** The same for a socket that `ws` is closing already, because its peer broke the protocol. */
export function cutSoon(socket: WebSocket): void {
  const timer = setTimeout(() => socket.terminate(), GRACE).unref()
  socket.once('close', () => clearTimeout(timer))
}
