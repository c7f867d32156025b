/**
 * Sockets that durable connections share: several streams, one WebSocket.
 *
 * @module
 */
import type { Clock } from '../connection/clock.ts'
import { TransportError } from '../errors.ts'
import type { SharedSocket } from './durable-socket.ts'

export interface SocketPoolOptions {
  /** How long a socket whose last stream has left stays open, so that one who dials again finds it. In ms, default 250. */
  readonly linger?: number | undefined
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
}

const DEFAULT_LINGER = 250

/** A day and a bit more than most: above this, timers of the platforms fire at once. */
const LONGEST_LINGER = 2 ** 31 - 1

/**
 * Durable connections that are given the same pool share one WebSocket for each socket URL with the same credential and options; see
 * {@link createSocketPool}.
 */
export class SocketPool {
  /** @internal */
  readonly linger: number
  /** @internal */
  readonly clock: Clock
  readonly #byKey = new Map<string, Set<SharedSocket>>()
  readonly #names = new WeakMap<object, number>()
  #named = 0

  constructor({ linger = DEFAULT_LINGER, clock = platformClock }: SocketPoolOptions = {}) {
    if (!(linger >= 0 && linger <= LONGEST_LINGER))
      throw new TransportError('bad_option', 'Option linger must be between 0 ms and 24 days.')
    this.linger = linger
    this.clock = clock
  }

  /** The sockets of this moment: those that are open, being opened, or about to be closed. */
  get size(): number {
    let count = 0
    for (const sockets of this.#byKey.values()) count += sockets.size
    return count
  }

  /** @internal Those that were opened in the same way, the oldest first. */
  socketsOf(key: string): Iterable<SharedSocket> {
    return this.#byKey.get(key) ?? []
  }

  /** @internal */
  add(key: string, socket: SharedSocket): void {
    const sockets = this.#byKey.get(key) ?? new Set()
    this.#byKey.set(key, sockets.add(socket))
  }

  /** @internal */
  remove(key: string, socket: SharedSocket): void {
    const sockets = this.#byKey.get(key)
    sockets?.delete(socket)
    if (sockets?.size === 0) this.#byKey.delete(key)
  }

  /** @internal What a value of an option is called in a key: two objects are never the same. */
  nameOf(value: unknown): unknown {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value ?? null
    const known = this.#names.get(value)
    if (known !== undefined) return { known }
    this.#names.set(value, ++this.#named)
    return { known: this.#named }
  }
}

const platformClock: Clock = {
  setTimeout: (act, milliseconds) => setTimeout(act, milliseconds),
  clearTimeout: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
}

/**
 * Makes a pool of WebSockets. Each durable connection that is given it in `sockets`, and goes over WebSocket, is a channel of a shared
 * one, with a lifetime of its own: closing it leaves the others as they are.
 *
 * @throws TransportError `bad_option`.
 * @example
 * const sockets = createSocketPool()
 * const rooms = ['a', 'b'].map((name) =>
 *   createActor(durableConnection, { input: { url: `https://example.com/v1/stream/${name}`, via: 'websocket', sockets } }).start())
 */
export function createSocketPool(options?: SocketPoolOptions): SocketPool {
  return new SocketPool(options)
}
