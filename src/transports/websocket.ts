/**
 * WebSocket (RFC 6455): text and binary messages, sub-protocols, backpressure both ways.
 *
 * @module
 * @example
 * const link = await webSocket({ url: 'wss://example.com/feed', protocols: ['feed.v2'] }, request)
 * await link.read((message) => show(message.data))
 */
import { openSocket } from '#websocket'
import { asTransportError, TransportError } from '../errors.ts'
import type { Dial, DialRequest, Link, Message, Outgoing } from '../link.ts'
import { SLOW_CONSUMER } from '../wire/close-codes.ts'
import type { Socket } from './socket.ts'
import { failureOfClose } from './websocket-close.ts'
import { createInbox } from './websocket-inbox.ts'
import { checkedOptions, type Overflow, type WebSocketInput, type WebSocketOptions } from './websocket-input.ts'

export type { StandardSocket, StandardSocketConstructor } from './socket.ts'
export type { Overflow, WebSocketInput } from './websocket-input.ts'

/** Above so many unsent bytes a `write` waits: about what a socket takes off in one go, far below the outbox limit. */
const HIGH_WATER = 256 * 1024

/**
 * Opens a WebSocket. Rejects with `bad_url`, `bad_option`, `bad_header`, `authorize_failed`, `unsupported`, `network`, `tls`,
 * `http_status`, `redirect_refused`, `not_a_stream_server` or `aborted`.
 */
export const webSocket: Dial<WebSocketInput> = async (input, request) => {
  try {
    const { signal, attempt } = request
    const options = await checkedOptions(input, { attempt })
    if (signal.aborted) throw new TransportError('aborted', 'The attempt was given up.')
    const receiver = createReceiver(input, options, request)
    const wish = { ...options, tls: input.tls, WebSocket: input.WebSocket, signal }
    await openSocket(wish, receiver)
    return receiver.link()
  } catch (thrown) {
    throw asTransportError(thrown)
  }
}

/** The owner of the socket. Exists before it, because messages may come before the dial's promise has been noticed. */
function createReceiver({ until }: WebSocketInput, options: WebSocketOptions, request: DialRequest) {
  const { maxBufferedBytes, overflow } = options
  let socket: Socket | undefined
  let paused = false
  let dropped = 0

  const end = (failure: TransportError | null, code?: number) => {
    inbox.end(failure)
    socket?.release(code)
  }
  const waiting = () => {
    if (socket?.pause !== undefined) {
      if (!paused) socket.pause()
      paused = true
    } else if (inbox.size() > maxBufferedBytes) {
      if (overflow === 'drop-oldest') dropped += inbox.shrink(maxBufferedBytes)
      else end(overflown(overflow, maxBufferedBytes), SLOW_CONSUMER)
    }
  }
  const wanted = () => {
    if (paused) socket?.resume?.()
    paused = false
  }
  const inbox = createInbox(waiting, wanted)
  const sayDropped = () => {
    if (dropped > 0) request.gap({ reason: 'trimmed', lost: dropped })
    dropped = 0
  }
  const take = (message: Message, size: number) => {
    inbox.take(message, size)
    if (until?.(message)) end(null, 1000)
  }

  return {
    opened(open: Socket) {
      socket = open
    },
    heard: () => request.heard(),
    message(data: string | Uint8Array) {
      const message = { data }
      if (until === undefined) inbox.take(message, data.length)
      else guarded(() => take(message, data.length), end)
    },
    failed: (failure: TransportError) => end(failure),
    closed(code: number, reason: string) {
      const unfinished = new TransportError('interrupted', 'The server closed before the last message.', {
        closeCode: code,
      })
      end(failureOfClose(code, reason) ?? (until === undefined ? null : unfinished))
    },
    link(): Link {
      if (socket === undefined) throw new TransportError('internal', 'The socket opened without saying so.')
      const open = socket
      return {
        protocol: open.protocol === '' ? 'websocket' : `websocket:${open.protocol}`,
        read(deliver) {
          sayDropped()
          return inbox.read(deliver)
        },
        write: (batch) => write(open, batch),
        ...(open.ping && { ping: () => open.ping?.() }),
        close(code, reason) {
          open.release(code, reason)
          inbox.discard()
        },
      }
    },
  }
}

function guarded(run: () => void, fail: (failure: TransportError) => void): void {
  try {
    run()
  } catch (thrown) {
    fail(asTransportError(thrown))
  }
}

/** With positions a cut costs nothing, so `reconnect` is retried; without them messages are gone, so `error` stays. */
function overflown(policy: Overflow, limit: number): TransportError {
  const sentence = `Nobody read, and more than ${limit} bytes came in; this platform cannot pause a WebSocket.`
  return new TransportError('overflow', sentence, { repeatable: policy === 'reconnect' })
}

async function write(socket: Socket, batch: readonly Outgoing[]): Promise<void> {
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
    item?.settle(new TransportError('encode_failed', 'A WebSocket sends text or bytes only.'))
  } else if (!socket.send(data, (cause) => item?.settle(cause == null ? undefined : unconfirmed(cause)))) {
    item?.settle(new TransportError('send_failed', 'The connection is closed.'))
  }
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
