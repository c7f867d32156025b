/**
 * What goes out over a WebSocket: messages, and the app's own question for a sign of life.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Outgoing } from '../link.ts'
import type { Socket } from './socket.ts'
import type { WebSocketInput } from './websocket-input.ts'

/** Above so many unsent bytes a `write` waits: about what a socket takes off in one go, far below the outbox limit. */
const HIGH_WATER = 256 * 1024

/** Asks for a sign of life: with the app's own message, else with a ping frame, where the platform can. */
export function ping(socket: Socket, question: WebSocketInput['ping']): void {
  if (question === undefined) {
    socket.ping?.()
    return
  }
  const data = sendable(typeof question === 'function' ? question() : question)
  if (data === null) throw notSendable()
  socket.send(data, () => {})
}

/** Hands a batch over in order and settles each; resolves when the socket will take more. */
export async function write(socket: Socket, batch: readonly Outgoing[]): Promise<void> {
  for (let next = 0; next < batch.length; ) {
    socket.together(() => {
      do handOver(socket, batch[next++])
      while (next < batch.length && socket.bufferedAmount <= HIGH_WATER)
    })
    await socket.drained(HIGH_WATER)
  }
}

function handOver(socket: Socket, item: Outgoing | undefined): void {
  const data = sendable(item?.data)
  if (data === null) {
    item?.settle(notSendable())
  } else if (!socket.send(data, (cause) => item?.settle(cause == null ? undefined : unconfirmed(cause)))) {
    item?.settle(new TransportError('send_failed', 'The connection is closed.'))
  }
}

function notSendable(): TransportError {
  return new TransportError('encode_failed', 'A WebSocket sends text or bytes only.')
}

function unconfirmed(cause: Error): TransportError {
  return new TransportError('send_unconfirmed', 'The connection was lost while the message was on its way.', { cause })
}

function sendable(data: unknown): string | Uint8Array<ArrayBuffer> | null {
  if (typeof data === 'string') return data
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (!(data instanceof Uint8Array)) return null
  return overPlainBuffer(data) ? data : new Uint8Array(data)
}

/** No browser sends out of a buffer that another thread may change. */
function overPlainBuffer(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
}
