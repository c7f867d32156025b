/**
 * Joins history and live without a hole: a reader is one integer, the position of what it sent last. It reads pages
 * until it stands at the tail and then waits to be woken; there is no moment in which a record belongs to neither.
 *
 * @module
 */

import { type Reset, replacedBy, skippedFrom, trimmedBefore } from './cursor.ts'
import type { Hub } from './hub/hub.ts'
import type { HubStream } from './hub/hub-stream.ts'
import { type Page, pageOf } from './hub/page.ts'
import { UNIT } from './hub/read-queue.ts'
import type { ReadResult, StreamHead } from './stores/store.ts'

/** Where a reader's records go. */
export interface ReaderSink {
  /** Whether the socket will take a page. After `false` somebody has to call {@link Reader.resume}. */
  writable(): boolean
  /** Sends one page that is not empty. */
  send(page: Page): void
  /** All that is there has been sent, now and after every time of falling behind. */
  caughtUp(): void
  /** The stream is closed and all of it has been sent. The reader is over. */
  ended(): void
  /** The position is no longer there. The reader is over. */
  reset(reset: Reset): void
  /** The stream was deleted. The reader is over. */
  deleted(): void
  /** The store could not be read. The reader is over; whoever it reads for may come back. */
  failed(error: unknown): void
}

/** How a reader reads. */
export interface ReaderOptions {
  /** The most records a page may have. Default and most: 64. */
  readonly unitRecords?: number | undefined
  /** Whoever has fallen behind wants the newest record only, and is told that others were left out. Default `false`. */
  readonly latestOnly?: boolean | undefined
}

/**
 * `live`: at the tail, waiting. `behind`: about to read. `fetching`: the store is being read. `blocked`: the socket
 * reported backpressure; nothing is queued for it meanwhile, the log is the queue. `over`: nothing more is sent.
 */
type ReaderState = 'behind' | 'live' | 'fetching' | 'blocked' | 'over'

export class Reader {
  #position: number
  #state: ReaderState = 'behind'
  readonly #hub: Hub
  readonly #stream: HubStream
  readonly #sink: ReaderSink
  readonly #unitRecords: number
  readonly #latestOnly: boolean
  readonly #wake = (): void => {
    if (this.#state === 'live') this.#pump()
  }

  /**
   * @param stream joined; the reader leaves it when it is over.
   * @param after the sequence before the first record wanted, as `locate` gave it.
   */
  constructor(hub: Hub, stream: HubStream, after: number, sink: ReaderSink, options: ReaderOptions = {}) {
    this.#hub = hub
    this.#stream = stream
    this.#position = after
    this.#sink = sink
    this.#unitRecords = Math.min(options.unitRecords ?? UNIT.records, UNIT.records)
    this.#latestOnly = options.latestOnly ?? false
    stream.readers.add(this.#wake)
  }

  /** The sequence of the last record sent. */
  get position(): number {
    return this.#position
  }

  /** Starts, or goes on after the socket has drained. */
  resume(): void {
    if (this.#state === 'blocked' || this.#state === 'behind') this.#pump()
  }

  stop(): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#stream.readers.delete(this.#wake)
    this.#hub.leave(this.#stream)
  }

  #pump(): void {
    this.#state = 'behind'
    while (this.#state === 'behind') {
      if (this.#sink.writable()) this.#step()
      else this.#state = 'blocked'
    }
  }

  #step(): void {
    const stream = this.#stream
    const reset = trimmedBefore(stream.head, this.#position)
    if (stream.state === 'gone') this.#seek()
    else if (reset !== null) this.#finish(() => this.#sink.reset(reset))
    else if (this.#latestOnly && stream.head.tail - this.#position > 1) this.#skip()
    else this.#read()
  }

  #read(): void {
    const page = this.#stream.page(this.#position, { records: this.#unitRecords, bytes: UNIT.bytes })
    if (page === null) this.#fetch()
    else this.#serve(page)
  }

  /** The stream is gone. Whether another one has taken its place is for the store to say. */
  #seek(): void {
    if (this.#hub.closed) {
      this.#lost(null)
      return
    }
    this.#state = 'fetching'
    this.#hub.head(this.#stream.path).then(
      (head) => {
        if (this.#state === 'fetching') this.#lost(head)
      },
      (error: unknown) => this.#failed(error),
    )
  }

  #failed(error: unknown): void {
    if (this.#state !== 'fetching') return
    if (this.#hub.closed) this.#lost(null)
    else this.#finish(() => this.#sink.failed(error))
  }

  #lost(head: StreamHead | null): void {
    if (head === null || head.gen === this.#stream.gen) this.#finish(() => this.#sink.deleted())
    else this.#finish(() => this.#sink.reset(replacedBy(head)))
  }

  /** History: pages come from the store, one at a time for each reader. */
  #fetch(): void {
    this.#state = 'fetching'
    this.#hub.reads.read(this.#stream.path, this.#position, this.#unitRecords).then(
      (result) => this.#fetched(result),
      (error: unknown) => this.#failed(error),
    )
  }

  #fetched(result: ReadResult | null): void {
    if (this.#state !== 'fetching') return
    if (result === null || result.head.gen !== this.#stream.gen) {
      this.#lost(result?.head ?? null)
      return
    }
    this.#stream.refresh(result.head)
    const reset = trimmedBefore(result.head, this.#position)
    if (reset !== null) this.#finish(() => this.#sink.reset(reset))
    else if (this.#sink.writable()) this.#go(pageOf(this.#stream.head, this.#position, result.records))
    else this.#state = 'blocked'
  }

  #go(page: Page): void {
    this.#state = 'behind'
    this.#serve(page)
    if (this.#state === 'behind') this.#pump()
  }

  #serve(page: Page): void {
    if (page.records.length > 0) {
      this.#position = page.to
      this.#sink.send(page)
    } else if (page.ended) {
      this.#finish(() => this.#sink.ended())
    } else {
      this.#state = 'live'
      this.#sink.caughtUp()
    }
  }

  #skip(): void {
    const { head } = this.#stream
    const reset = skippedFrom(head, this.#position)
    this.#finish(() => this.#sink.reset(reset))
  }

  #finish(tell: () => void): void {
    this.stop()
    tell()
  }
}
