/**
 * A transport as a class: what the classes of `statewire/vanilla` have in common.
 *
 * @module
 */
import type { ConnectionState } from '../../machines/connection.ts'
import type { SendOptions } from '../connection/send-queue.ts'
import type { Message } from '../link.ts'
import type { TransportConfig, TransportType } from '../transport/config.ts'
import {
  type CloseOptions,
  createTransport,
  type Transport,
  type TransportEvents,
} from '../transport/create-transport.ts'
import type { Handler } from '../transport/listeners.ts'

/** `createTransport`, for those who write `new` and extend. Each method is that of {@link Transport}. */
export abstract class PlainTransport<Type extends TransportType, Received, Sent> implements Transport<Received, Sent> {
  readonly #transport: Transport<Received, Sent>

  /** @throws TransportError `bad_option` or `bad_url` */
  constructor(type: Type, config: TransportConfig<Type, Received, Sent>) {
    this.#transport = createTransport(type, config)
  }

  /** Resolves when the connection is up, also after retries; rejects when it came to rest in `error` or was closed. */
  connect(): Promise<void> {
    return this.#transport.connect()
  }

  /** Resolves when the transport took the data (or its server acknowledged it); rejects with a `TransportError`. */
  send(data: Sent, options?: SendOptions): Promise<void> {
    return this.#transport.send(data, options)
  }

  /** Closes for good, with `drain` after what waits was sent; a later `connect()` starts afresh. Idempotent. */
  close(options?: CloseOptions): void {
    this.#transport.close(options)
  }

  getState(): ConnectionState {
    return this.#transport.getState()
  }

  on<Event extends keyof TransportEvents>(event: Event, handler: Handler<TransportEvents<Received>[Event]>): void {
    this.#transport.on(event, handler)
  }

  off<Event extends keyof TransportEvents>(event: Event, handler: Handler<TransportEvents<Received>[Event]>): void {
    this.#transport.off(event, handler)
  }

  once<Event extends keyof TransportEvents>(event: Event, handler: Handler<TransportEvents<Received>[Event]>): void {
    this.#transport.once(event, handler)
  }

  /** Tells the listeners of this object; nothing goes over the wire. */
  emit<Event extends keyof TransportEvents>(event: Event, payload: TransportEvents<Received>[Event]): void {
    this.#transport.emit(event, payload)
  }

  /** The messages from now on; ends when the connection is closed and throws when it comes to rest in `error`. */
  [Symbol.asyncIterator](): AsyncIterator<Message<Received>> {
    return this.#transport[Symbol.asyncIterator]()
  }
}
