/**
 * A reader inside the server's own process.
 *
 * @module
 */

import type { ServerContext } from './context.ts'
import type { HubStream } from './hub/hub-stream.ts'
import type { Page } from './hub/page.ts'
import { Reader, type ReaderSink } from './reader.ts'
import { handedOut, type StreamRecord } from './server-stream.ts'
import type { StreamHead } from './stores/store.ts'

/** Called with records, in order. The next ones wait for the promise it may return. */
export type StreamListener = (records: readonly StreamRecord[]) => unknown

export class LocalReader implements ReaderSink {
  /** Ends it. */
  readonly stop = (): void => {
    this.#state = 'over'
    this.#reader?.stop()
  }
  readonly #context: ServerContext
  readonly #listener: StreamListener
  #stream: HubStream | null = null
  #reader: Reader | null = null
  #state: 'ready' | 'busy' | 'over' = 'ready'

  constructor(
    context: ServerContext,
    path: string,
    ensure: () => Promise<StreamHead>,
    listener: StreamListener,
    after: number | undefined,
  ) {
    this.#context = context
    this.#listener = listener
    this.#start(path, ensure, after).catch(context.report)
  }

  writable(): boolean {
    return this.#state === 'ready'
  }

  send(page: Page): void {
    const head = this.#stream?.head
    if (head === undefined) return
    // Another listener, and whoever appends, must not suffer from this one.
    try {
      const returned = this.#listener(page.records.map((record) => handedOut(head, record)))
      if (returned instanceof Promise) this.#await(returned)
    } catch (error) {
      this.#context.report(error)
    }
  }

  caughtUp(): void {}
  ended(): void {}
  deleted(): void {}

  reset(): void {
    this.#context.report(new Error('A listener was slower than the retention of its stream, and has missed records.'))
  }

  failed(error: unknown): void {
    this.#context.report(error)
  }

  /** The head of the moment in which `subscribe` was called: what is appended right after it must not be missed. */
  async #start(path: string, ensure: () => Promise<StreamHead>, after: number | undefined): Promise<void> {
    const head = await ensure()
    const stream = await this.#context.hub.join(path)
    if (stream === null) return
    if (this.#state === 'over') {
      this.#context.hub.leave(stream)
      return
    }
    this.#stream = stream
    this.#reader = new Reader(this.#context.hub, stream, Math.max(after ?? head.tail, head.earliest), this)
    this.#reader.resume()
  }

  #await(promise: Promise<unknown>): void {
    this.#state = 'busy'
    promise.catch(this.#context.report).finally(() => {
      if (this.#state === 'busy') this.#state = 'ready'
      this.#reader?.resume()
    })
  }
}
