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
import type { Dial, DialRequest, Link, Message } from '../link.ts'
import { SLOW_CONSUMER } from '../wire/close-codes.ts'
import type { Socket } from './socket.ts'
import { failureOfClose } from './websocket-close.ts'
import { createFlow } from './websocket-flow.ts'
import { createInbox } from './websocket-inbox.ts'
import { checkedOptions, type WebSocketInput, type WebSocketOptions } from './websocket-input.ts'
import { pingOf, write } from './websocket-write.ts'

export type { StandardSocket, StandardSocketConstructor } from './socket.ts'
export type { CompressionInput, Overflow, WebSocketInput } from './websocket-input.ts'

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
function createReceiver(input: WebSocketInput, options: WebSocketOptions, request: DialRequest) {
  const { pong, until } = input
  let socket: Socket | undefined

  const end = (failure: TransportError | null, code?: number) => {
    inbox.end(failure)
    socket?.release(code)
  }
  const inbox = createInbox(
    (weight) => flow.kept(weight),
    () => flow.wanted(),
  )
  const flow = createFlow(inbox, {
    limit: options.maxBufferedBytes,
    overflow: options.overflow,
    socket: () => socket,
    overflown: () => end(overflown(options, request), SLOW_CONSUMER),
    gap: (lost) => request.gap({ reason: 'trimmed', lost }),
  })
  const take = (message: Message, size: number) => {
    if (pong?.(message)) return
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
      if (until === undefined && pong === undefined) inbox.take(message, data.length)
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
      const ping = pingOf(open, input.ping, end)
      return {
        protocol: open.protocol === '' ? 'websocket' : `websocket:${open.protocol}`,
        read(deliver) {
          flow.reading()
          return inbox.read(deliver)
        },
        write: (batch) => write(open, batch),
        ...(ping && { ping }),
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

/** With positions a cut costs nothing, so it is retried; without them messages are gone, so `error` stays. */
function overflown({ maxBufferedBytes, overflow }: WebSocketOptions, { position }: DialRequest): TransportError {
  const sentence = `Nobody read, and more than ${maxBufferedBytes} bytes came in; this platform cannot pause a WebSocket.`
  const repeatable = overflow === 'reconnect' || (overflow === 'block' && position !== null)
  return new TransportError('overflow', sentence, { repeatable })
}
