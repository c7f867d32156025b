/**
 * A Web `Response`, written as the server writes a response of `node:http`.
 *
 * @module
 */

import { EventEmitter } from 'node:events'
import type { StreamResponse } from '../exchange.ts'

interface ResponseEvents {
  drain: []
  close: []
  error: []
}

/** The Fetch standard's null body statuses: a `Response` with one of them must not have a body. */
const NULL_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304])

/** What waits for its reader until `write` says that it is enough, in bytes. The hub writes units of 16 KiB. */
export const HIGH_WATER_MARK = 64 * 1024

const encoder = new TextEncoder()

export class FetchResponse implements StreamResponse {
  statusCode = 200
  /** Settles as soon as status and headers are known; never rejects. */
  readonly answer: Promise<Response>
  readonly #headers = new Headers()
  readonly #method: string
  readonly #events = new EventEmitter<ResponseEvents>()
  /** `ending`: everything is written, and the reader has not taken it all. */
  #state: 'head' | 'open' | 'ending' | 'over' = 'head'
  #full = false
  #controller: ReadableByteStreamController | null = null
  #answerWith: (response: Response) => void = () => {}

  constructor(method: string) {
    this.#method = method
    this.answer = new Promise((resolve) => {
      this.#answerWith = resolve
    })
  }

  get headersSent(): boolean {
    return this.#state !== 'head'
  }

  get writableEnded(): boolean {
    return this.#state === 'ending' || this.#state === 'over'
  }

  /** A list becomes a header each, as cookies need it. */
  setHeader(name: string, value: string | number | readonly string[]): this {
    if (typeof value === 'string' || typeof value === 'number') {
      this.#headers.set(name, String(value))
    } else {
      this.#headers.delete(name)
      for (const one of value) this.#headers.append(name, one)
    }
    return this
  }

  removeHeader(name: string): void {
    this.#headers.delete(name)
  }

  on(event: 'drain' | 'close' | 'error', listener: () => void): this {
    this.#events.on(event, listener)
    return this
  }

  /** `false` beyond the high-water mark; `drain` follows when the reader has taken enough. */
  write(chunk: string | Uint8Array): boolean {
    if (this.#state === 'head') this.#sendHead(true)
    // Nobody takes it, so nobody has to wait for it to be taken.
    if (this.#controller === null || this.#state !== 'open' || chunk.length === 0) return true
    // A byte stream takes the memory over, and one buffer is written to every reader of a stream: each gets a copy.
    this.#controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : new Uint8Array(chunk))
    this.#full = this.#room() <= 0
    return !this.#full
  }

  end(): this {
    if (this.#state === 'head') this.#sendHead(false)
    if (this.#state !== 'open') return this
    this.#state = 'ending'
    if (this.#controller === null || this.#room() === HIGH_WATER_MARK) this.#finish()
    return this
  }

  /** Ends the answer where it is: its reader sees a broken body, as with a connection that is cut. */
  destroy(): this {
    if (this.#state === 'over') return this
    if (this.#state === 'head') this.#answerWith(new Response(null, { status: 503, headers: { 'Retry-After': '1' } }))
    else this.#controller?.error(new Error('The answer was cut.'))
    this.#release()
    return this
  }

  #sendHead(withBody: boolean): void {
    const bodiless = !withBody || this.#method === 'HEAD' || NULL_BODY.has(this.statusCode)
    const body = bodiless ? null : this.#openBody()
    this.#answerWith(new Response(body, { status: this.statusCode, headers: this.#headers }))
    this.#state = 'open'
  }

  #openBody(): ReadableStream<Uint8Array> {
    return new ReadableStream(
      {
        type: 'bytes',
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#pulled(),
        // The reader went away.
        cancel: () => this.#release(),
      },
      { highWaterMark: HIGH_WATER_MARK },
    )
  }

  #room(): number {
    return this.#controller?.desiredSize ?? 0
  }

  /** The stream asks for more: at its start, and whenever something was taken and there is room. */
  #pulled(): void {
    if (this.#state === 'ending') {
      if (this.#room() === HIGH_WATER_MARK) this.#finish()
    } else if (this.#full && this.#room() > 0) {
      this.#full = false
      this.#events.emit('drain')
    }
  }

  /** The last byte is taken. A stream closed earlier would not tell. */
  #finish(): void {
    this.#controller?.close()
    this.#release()
  }

  /** Tells it later, as Node does: who ends an answer does not expect to be called back meanwhile. */
  #release(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#controller = null
    queueMicrotask(() => this.#events.emit('close'))
  }
}
