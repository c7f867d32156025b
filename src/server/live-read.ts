/**
 * One streaming answer over HTTP, whatever its format: position, backpressure, heartbeats, age, and how it ends.
 *
 * @module
 */

import type { StreamControl } from '../wire/control.ts'
import { HEADERS } from '../wire/names.ts'
import { around } from './clock.ts'
import { type ServerContext, STALL_MS } from './context.ts'
import type { Reset } from './cursor.ts'
import { type Exchange, type StreamResponse, writeHead } from './exchange.ts'
import { Heartbeat, heartbeatMs } from './heartbeat.ts'
import { laterCursor, nextCursor } from './live-cursor.ts'
import type { LiveFormat } from './live-format.ts'
import type { OpenRead } from './open-reads.ts'
import { Reader, type ReaderSink } from './reader.ts'
import type { Page, StreamLog } from './stream-log.ts'

/** So that reads which began together do not end together. */
const AGE_SPREAD = 0.2

/** Answers with a stream of records after `seq`, until the client goes or the stream ends. */
export function openLiveRead(
  context: ServerContext,
  exchange: Exchange,
  log: StreamLog,
  seq: number,
  format: LiveFormat,
): void {
  const cursor = nextCursor(exchange.query.get('cursor'), context.clock, context.random)
  new LiveRead(context, exchange, log, seq, format, cursor).start()
}

/** Answers 200 with the reset as the only event: a native `EventSource` cannot read the body of a 410. */
export function resetAsEvent(
  context: ServerContext,
  exchange: Exchange,
  log: StreamLog,
  reset: Reset,
  format: LiveFormat,
): void {
  writeHead(exchange.response, 200, { ...format.headers(log), [HEADERS.nextOffset]: reset.next })
  exchange.response.write(format.opening(context.random) + format.control(resetControl(reset)))
  exchange.response.end()
}

function resetControl(reset: Reset): StreamControl {
  const { reason, lost, earliest, next } = reset
  return { streamNextOffset: next, streamReset: reason, streamEarliestOffset: earliest, lost }
}

class LiveRead implements ReaderSink, OpenRead {
  readonly #context: ServerContext
  readonly #response: StreamResponse
  readonly #log: StreamLog
  readonly #format: LiveFormat
  readonly #reader: Reader
  readonly #heartbeat: Heartbeat
  readonly #ageTimer: unknown
  #cursor: string
  /** Set while the socket is full: when it has been for too long, it is cut. */
  #stallTimer: unknown = null
  #saidUpToDate = false

  constructor(
    context: ServerContext,
    exchange: Exchange,
    log: StreamLog,
    seq: number,
    format: LiveFormat,
    cursor: string,
  ) {
    const { clock, random, maxAgeMs } = context
    this.#context = context
    this.#response = exchange.response
    this.#log = log
    this.#format = format
    this.#cursor = cursor
    this.#reader = new Reader(log, seq, this)
    this.#heartbeat = new Heartbeat(clock, heartbeatMs(exchange.query.get('heartbeat')), () => this.#beat())
    this.#ageTimer = clock.setTimeout(() => this.drain(0, 0), around(maxAgeMs, AGE_SPREAD, random))
  }

  start(): void {
    const next = this.#log.offsetAt(this.#reader.position)
    writeHead(this.#response, 200, { ...this.#format.headers(this.#log), [HEADERS.nextOffset]: next })
    this.#response.on('drain', () => this.#drained())
    this.#response.on('close', () => this.#release())
    this.#context.openReads.add(this)
    this.#write(this.#format.opening(this.#context.random))
    this.#reader.resume()
  }

  writable(): boolean {
    return this.#stallTimer === null
  }

  send(page: Page): void {
    this.#cursor = laterCursor(this.#cursor, this.#context.clock)
    this.#write(this.#format.page(this.#log, page, this.#cursor))
    if (!page.atTail) this.#saidUpToDate = false
    else if (this.#format.pageSaysUpToDate) this.#saidUpToDate = true
  }

  caughtUp(): void {
    if (this.#saidUpToDate) return
    this.#saidUpToDate = true
    this.#control({ streamNextOffset: this.#position(), streamCursor: this.#cursor, upToDate: true })
  }

  ended(): void {
    this.#finish({ streamNextOffset: this.#position(), upToDate: true, streamClosed: true })
  }

  reset(reset: Reset): void {
    this.#finish(resetControl(reset))
  }

  /** Nothing to say: the client will ask again, and be told that there is no such stream. */
  deleted(): void {
    this.#finish(null)
  }

  drain(afterMs: number, spreadMs: number): void {
    const drainInMs = Math.round(afterMs + this.#context.random() * spreadMs)
    this.#finish({ streamNextOffset: this.#position(), streamCursor: this.#cursor, drainInMs })
  }

  cut(): void {
    this.#response.destroy()
  }

  #position(): string {
    return this.#log.offsetAt(this.#reader.position)
  }

  #control(control: StreamControl): void {
    this.#write(this.#format.control(control))
  }

  /** A full socket is silent for the client as well, but another byte in its queue would not change that. */
  #beat(): void {
    if (this.writable()) this.#write(this.#format.pulse)
  }

  #write(bytes: string | Buffer): void {
    this.#heartbeat.touch()
    if (!this.#response.write(bytes)) this.#awaitDrain()
  }

  #awaitDrain(): void {
    this.#stallTimer ??= this.#context.clock.setTimeout(() => this.#response.destroy(), STALL_MS)
  }

  #drained(): void {
    this.#context.clock.clearTimeout(this.#stallTimer)
    this.#stallTimer = null
    this.#reader.resume()
  }

  /** Says the last word. A peer that does not take it is cut off like any other that stalls. */
  #finish(control: StreamControl | null): void {
    this.#reader.stop()
    this.#heartbeat.stop()
    if (control !== null) this.#control(control)
    this.#response.end()
    this.#awaitDrain()
  }

  #release(): void {
    const { clock, openReads } = this.#context
    this.#reader.stop()
    this.#heartbeat.stop()
    clock.clearTimeout(this.#ageTimer)
    clock.clearTimeout(this.#stallTimer)
    openReads.remove(this)
  }
}
