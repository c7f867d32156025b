/**
 * A Web `Request`, read as the server reads a request of `node:http`.
 *
 * @module
 */

import { EventEmitter } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import type { StreamRequest } from '../exchange.ts'

interface RequestEvents {
  data: [chunk: Uint8Array]
  end: []
  close: []
  error: []
  aborted: []
}

/** Where a request came from, as far as its runtime says so. */
export interface Peer {
  readonly remoteAddress: string | undefined
  readonly encrypted: boolean
}

/**
 * The body is read only while somebody listens to `data` and has not said `pause()`: until then its source sees nothing but
 * back-pressure.
 */
export class FetchRequest implements StreamRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  /** Whatever it is, the connection is the runtime's: as in HTTP/2, only this exchange can be ended, and no header closes it. */
  readonly httpVersionMajor = 2
  readonly socket: Peer
  readonly #body: ReadableStream<Uint8Array> | null
  readonly #events = new EventEmitter<RequestEvents>()
  /** `untouched`: the runtime may do with the body what it likes. */
  #state: 'untouched' | 'flowing' | 'paused' | 'ended' | 'over' = 'untouched'
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null
  #wake: () => void = () => {}

  constructor(request: Request, address: string | undefined) {
    const { pathname, search, host, protocol } = new URL(request.url)
    this.method = request.method
    this.url = pathname + search
    // The URL of a request made by hand names the host that no header does.
    this.headers = { host, ...Object.fromEntries(request.headers) }
    this.socket = { remoteAddress: address, encrypted: protocol === 'https:' }
    this.#body = request.body
  }

  on(event: 'data', listener: (chunk: Uint8Array) => void): this
  on(event: 'end' | 'close' | 'error' | 'aborted', listener: () => void): this
  on(event: keyof RequestEvents, listener: (chunk: Uint8Array) => void): this {
    this.#events.on(event, listener)
    // Later in the turn, so that who adds more than one listener misses nothing.
    if (event === 'data' && this.#state === 'untouched') queueMicrotask(() => this.#begin())
    return this
  }

  pause(): this {
    if (this.#state === 'flowing' || this.#state === 'untouched') this.#state = 'paused'
    return this
  }

  resume(): this {
    if (this.#state === 'untouched') this.#begin()
    else if (this.#state === 'paused') {
      this.#state = 'flowing'
      if (this.#reader === null) this.#begin()
      this.#wake()
    }
    return this
  }

  /** Ends the body where it is. Its source is told, so that it stops sending. */
  destroy(): this {
    this.#finish()
    return this
  }

  /** The client went away. */
  abort(): void {
    if (this.#state === 'over') return
    this.#events.emit('aborted')
    this.#finish()
  }

  /** Whether reading began, or was refused, and the rest is still with its source. */
  get leftUnread(): boolean {
    return this.#state === 'flowing' || this.#state === 'paused'
  }

  #begin(): void {
    if (this.#state === 'paused' || this.#state === 'over' || this.#reader !== null) return
    this.#state = 'flowing'
    this.#pump().catch(() => this.#fail())
  }

  async #pump(): Promise<void> {
    if (this.#body === null) return this.#end()
    const reader = this.#body.getReader()
    this.#reader = reader
    for (;;) {
      const { done, value } = await reader.read()
      // Asked for before the pause: it waits here, and nothing more is asked for.
      await this.#awake()
      if (!this.#isFlowing()) return
      if (done) return this.#end()
      // The standard wants bytes, and a stream made by hand may hold anything.
      if (!(value instanceof Uint8Array)) throw new TypeError('A request body is made of bytes.')
      this.#events.emit('data', value)
    }
  }

  async #awake(): Promise<void> {
    while (this.#state === 'paused') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #isFlowing(): boolean {
    return this.#state === 'flowing'
  }

  #end(): void {
    this.#state = 'ended'
    this.#events.emit('end')
  }

  /** The source broke, which is how some runtimes say that the client went away. */
  #fail(): void {
    if (this.#state === 'over') return
    this.#events.emit('error')
    this.#finish()
  }

  #finish(): void {
    if (this.#state === 'over') return
    const unread = this.leftUnread
    this.#state = 'over'
    // What a source says to its end concerns nobody any more.
    if (unread) (this.#reader ?? this.#body)?.cancel().catch(() => {})
    this.#wake()
    this.#events.emit('close')
  }
}
