/**
 * One test's own corner of the rig: a log, who reads it, and what is to go wrong.
 *
 * @module
 */
import type { Fault, OpenExchange, Received, RigRecord, RoomState, SeenRequest } from './protocol.ts'

/** The part of a socket and of an HTTP/2 stream that tells how its writing goes. */
export interface ExchangePipe {
  readonly bytesWritten: number
  /** Counted in `bytesWritten` already, and still in this process. */
  readonly writableLength: number
  readonly writableNeedDrain: boolean
}

/** An open request or socket, as the room keeps it. */
export interface Exchange {
  readonly endpoint: string
  readonly pipe: ExchangePipe
  /** Ends it the hard way. */
  destroy(): void
}

export class Room {
  readonly records: RigRecord[] = []
  readonly faults: Fault[] = []
  readonly sendFaults: Fault[] = []
  /** Sent first on every event stream. */
  opening = ''
  ended = false
  /** Each with the bytes its socket had carried for others before. */
  readonly #open = new Map<Exchange, number>()
  readonly #requests: SeenRequest[] = []
  readonly #received: Received[] = []
  readonly #followers = new Set<() => void>()
  readonly #watchers = new Set<() => void>()
  #version = 0
  #uploaded = 0
  #mostPostsAtOnce = 0
  #cuts = 0

  get state(): RoomState {
    const open = [...this.#open].map(
      ([{ endpoint, pipe }, before]): OpenExchange => ({
        endpoint,
        bytes: pipe.bytesWritten - pipe.writableLength - before,
        blocked: pipe.writableNeedDrain,
      }),
    )
    return {
      version: this.#version,
      open,
      requests: this.#requests,
      received: this.#received,
      uploaded: this.#uploaded,
      mostPostsAtOnce: this.#mostPostsAtOnce,
      cuts: this.#cuts,
    }
  }

  /** Something that a watcher of the state should see. */
  changed(): void {
    this.#version += 1
    for (const watcher of [...this.#watchers]) watcher()
  }

  /** Calls back after the next change, once. */
  watch(watcher: () => void): () => void {
    const once = (): void => {
      this.#watchers.delete(once)
      watcher()
    }
    this.#watchers.add(once)
    return () => this.#watchers.delete(once)
  }

  append(records: readonly RigRecord[]): void {
    this.records.push(...records)
    this.#wake()
  }

  end(): void {
    this.ended = true
    this.#wake()
  }

  /** Calls back whenever there is more to read. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower)
    return () => this.#followers.delete(follower)
  }

  see(request: SeenRequest): void {
    this.#requests.push(request)
    this.changed()
  }

  enter(exchange: Exchange): void {
    this.#open.set(exchange, exchange.pipe.bytesWritten)
    const posts = [...this.#open.keys()].filter((other) => other.endpoint === 'in').length
    this.#mostPostsAtOnce = Math.max(this.#mostPostsAtOnce, posts)
    this.changed()
  }

  leave(exchange: Exchange): void {
    if (this.#open.delete(exchange)) this.changed()
  }

  upload(bytes: number): void {
    this.#uploaded += bytes
    this.changed()
  }

  receive(received: Received): void {
    this.#received.push(received)
    this.changed()
  }

  cut(): void {
    for (const exchange of [...this.#open.keys()]) {
      this.#cuts += 1
      exchange.destroy()
    }
    this.changed()
  }

  #wake(): void {
    this.changed()
    for (const follower of [...this.#followers]) follower()
  }
}
