/**
 * Joins history and live without a hole: a reader is one integer, the position of what it sent last. It reads pages
 * until it stands at the tail and then waits to be woken; there is no moment in which a record belongs to neither.
 *
 * @module
 */

import { type Reset, trimmedBefore } from './cursor.ts'
import type { Page, StreamLog } from './stream-log.ts'

/** Largest unit. Small enough that a link which dies every few KiB still gets on. */
const UNIT_BYTES = 16 * 1024
const UNIT_RECORDS = 64

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
}

/**
 * `live`: at the tail, waiting. `behind`: about to read. `blocked`: the socket reported backpressure; nothing is queued
 * for it meanwhile, the log is the queue. `over`: nothing more is sent.
 */
type ReaderState = 'behind' | 'live' | 'blocked' | 'over'

export class Reader {
  #position: number
  #state: ReaderState = 'behind'
  readonly #log: StreamLog
  readonly #sink: ReaderSink
  readonly #unfollow: () => void
  readonly #unitRecords: number

  /** @param after the sequence before the first record wanted, as {@link locate} gave it. */
  constructor(log: StreamLog, after: number, sink: ReaderSink, unitRecords = UNIT_RECORDS) {
    this.#log = log
    this.#position = after
    this.#sink = sink
    this.#unitRecords = Math.min(unitRecords, UNIT_RECORDS)
    this.#unfollow = log.followers.follow(() => this.#wake())
  }

  /** The sequence of the last record sent. */
  get position(): number {
    return this.#position
  }

  /** Starts, or goes on after the socket has drained. */
  resume(): void {
    if (this.#state !== 'blocked' && this.#state !== 'behind') return
    this.#state = 'behind'
    this.#pump()
  }

  stop(): void {
    this.#state = 'over'
    this.#unfollow()
  }

  #wake(): void {
    if (this.#state !== 'live') return
    this.#state = 'behind'
    this.#pump()
  }

  #pump(): void {
    while (this.#state === 'behind') {
      if (this.#sink.writable()) this.#step()
      else this.#state = 'blocked'
    }
  }

  #step(): void {
    const reset = trimmedBefore(this.#log, this.#position)
    if (this.#log.state === 'deleted') this.#finish(() => this.#sink.deleted())
    else if (reset !== null) this.#finish(() => this.#sink.reset(reset))
    else this.#serve(this.#log.read(this.#position, this.#unitRecords, UNIT_BYTES))
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

  #finish(tell: () => void): void {
    this.stop()
    tell()
  }
}
