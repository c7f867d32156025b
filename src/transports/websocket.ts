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
import { NORMAL, SLOW_CONSUMER } from '../wire/close-codes.ts'
import type { Socket, SocketOwner } from './socket.ts'
import { failureOfClose } from './websocket-close.ts'
import { Flow, type FlowOwner, mayDrop } from './websocket-flow.ts'
import { checkedOptions, type WebSocketInput, type WebSocketOptions } from './websocket-input.ts'
import { ping, write } from './websocket-write.ts'

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
    const receiver = new Receiver(input, options, request)
    const wish = { ...options, tls: input.tls, WebSocket: input.WebSocket, signal }
    await openSocket(wish, receiver)
    return receiver.link()
  } catch (thrown) {
    throw asTransportError(thrown)
  }
}

/**
 * The owner of the socket. Exists before it, because messages may come before the dial's promise has been noticed. Of the dial
 * it keeps nothing but what an open link needs: the request with its signal and its callbacks would weigh 1 kB.
 */
class Receiver implements SocketOwner, FlowOwner {
  socket: Socket | undefined
  readonly #input: WebSocketInput
  readonly #heard: () => void
  readonly #gap: DialRequest['gap'] | undefined
  readonly #repeatable: boolean
  /** Each message is looked at: it may be an answer, or the last. */
  readonly #watched: boolean
  readonly #flow: Flow

  constructor(input: WebSocketInput, { overflow, maxBufferedBytes }: WebSocketOptions, request: DialRequest) {
    this.#input = input
    this.#heard = request.heard
    this.#gap = mayDrop(overflow) ? request.gap : undefined
    // With positions a cut costs nothing, so it is retried; without them messages are gone, so `error` stays.
    this.#repeatable = overflow === 'reconnect' || (overflow === 'block' && request.position !== null)
    this.#watched = input.until !== undefined || input.pong !== undefined
    this.#flow = new Flow(this, maxBufferedBytes, overflow)
  }

  opened(socket: Socket): void {
    this.socket = socket
  }

  heard(): void {
    this.#heard()
  }

  message(data: string | Uint8Array): void {
    const message = { data }
    if (this.#watched) this.#look(message, data.length)
    else this.#flow.inbox.take(message, data.length)
  }

  #look(message: Message, size: number): void {
    const { pong, until } = this.#input
    try {
      if (pong?.(message)) return
      this.#flow.inbox.take(message, size)
      if (until?.(message)) this.#end(null, NORMAL)
    } catch (thrown) {
      this.failed(asTransportError(thrown))
    }
  }

  failed(failure: TransportError): void {
    this.#end(failure)
  }

  closed(closeCode: number, reason: string): void {
    let failure = failureOfClose(closeCode, reason)
    if (failure === null && this.#input.until !== undefined) {
      failure = new TransportError('interrupted', 'The server closed before the last message.', { closeCode })
    }
    this.#end(failure)
  }

  overflown(limit: number): void {
    const sentence = `Nobody read, and more than ${limit} bytes came in; this platform cannot pause a WebSocket.`
    this.#end(new TransportError('overflow', sentence, { repeatable: this.#repeatable }), SLOW_CONSUMER)
  }

  lost(count: number): void {
    this.#gap?.({ reason: 'trimmed', lost: count })
  }

  #end(failure: TransportError | null, code?: number): void {
    this.#flow.inbox.end(failure)
    this.socket?.release(code)
  }

  /** Plain functions over one scope: whoever wraps a link spreads it. */
  link(): Link {
    const { socket } = this
    if (socket === undefined) throw new TransportError('internal', 'The socket opened without saying so.')
    const flow = this.#flow
    const asks = this.#input.ping !== undefined || socket.ping !== undefined
    return {
      protocol: socket.protocol === '' ? 'websocket' : `websocket:${socket.protocol}`,
      read: (deliver) => flow.read(deliver),
      write: (batch) => write(socket, batch),
      ...(asks && { ping: () => this.#ping(socket) }),
      close(code, reason) {
        socket.release(code, reason)
        flow.inbox.discard()
      },
    }
  }

  #ping(socket: Socket): void {
    try {
      ping(socket, this.#input.ping)
    } catch (thrown) {
      this.failed(asTransportError(thrown))
    }
  }
}
