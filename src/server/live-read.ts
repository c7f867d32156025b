/**
 * One streaming answer over HTTP, whatever its format: position, backpressure, heartbeats, age, and how it ends.
 *
 * @module
 */

import type { StreamControl } from '../wire/control.ts'
import { HEADERS } from '../wire/names.ts'
import { around } from './clock.ts'
import type { ServerContext } from './context.ts'
import { locate, type Reset } from './cursor.ts'
import type { Departure } from './departure.ts'
import { type Exchange, type StreamResponse, writeHead } from './exchange.ts'
import { Heartbeat, heartbeatMs } from './heartbeat.ts'
import type { HubStream } from './hub/hub-stream.ts'
import type { Page } from './hub/page.ts'
import { laterCursor, nextCursor } from './live-cursor.ts'
import type { LiveFormat } from './live-format.ts'
import type { OpenRead } from './open-reads.ts'
import { answerReset, notFound } from './problem.ts'
import { badOffset, type ReadQuery } from './read-query.ts'
import { Reader, type ReaderSink } from './reader.ts'
import type { Entry, Visitor } from './security/gate.ts'
import type { WheelTimer } from './timer-wheel.ts'

/** So that reads which began together do not end together. */
const AGE_SPREAD = 0.2

/** Behind a content delivery network answers end often, so that it can gather those who wait. */
const CDN_AGE_MS = 60_000

/** Answers with a stream of records, until the client goes or the stream ends. */
export async function liveRead(
  context: ServerContext,
  exchange: Exchange,
  query: ReadQuery & { readonly start: string },
  format: LiveFormat,
): Promise<void> {
  const stream = await context.hub.join(exchange.path)
  if (stream === null) throw notFound()
  const located = locate(stream.head, query.start)
  if (located.kind === 'at') {
    start(context, exchange, { stream, seq: located.seq, query, format })
    return
  }
  context.hub.leave(stream)
  if (located.kind === 'bad_offset') throw badOffset()
  context.instruments.reset(located.reason)
  const reset = context.positions.reset(exchange.path, located)
  if (query.errorsAsEvents) resetAsEvent(context, exchange, stream, reset, format)
  else answerReset(exchange.response, reset)
}

/** What is read, from where, and how. */
interface LiveReadPlan {
  readonly stream: HubStream
  readonly seq: number
  readonly query: ReadQuery
  readonly format: LiveFormat
}

function start(context: ServerContext, exchange: Exchange, plan: LiveReadPlan): void {
  if (exchange.departure.gone) {
    context.hub.leave(plan.stream)
    return
  }
  const read = new LiveRead(context, exchange, plan)
  try {
    context.gate.accept()
    read.start(context.gate.enter(exchange.visitor, read), exchange.departure)
  } catch (refusal) {
    read.abandon()
    throw refusal
  }
}

/** Answers 200 with the reset as the only event: a native `EventSource` cannot read the body of a 410. */
function resetAsEvent(
  context: ServerContext,
  exchange: Exchange,
  stream: HubStream,
  reset: Reset,
  format: LiveFormat,
): void {
  writeHead(exchange.response, 200, { ...format.headers(stream), [HEADERS.nextOffset]: reset.next })
  exchange.response.write(format.opening(context.random, null) + format.control(resetControl(reset)))
  exchange.response.end()
}

function resetControl(reset: Reset): StreamControl {
  const { reason, lost, earliest, next } = reset
  return { streamNextOffset: next, streamReset: reason, streamEarliestOffset: earliest, lost }
}

class LiveRead implements ReaderSink, OpenRead {
  readonly kind: 'sse' | 'ndjson'
  readonly #context: ServerContext
  readonly #visitor: Visitor
  readonly #response: StreamResponse
  readonly #stream: HubStream
  readonly #format: LiveFormat
  readonly #reader: Reader
  readonly #heartbeat: Heartbeat
  readonly #ageTimer: WheelTimer
  #entry: Entry | null = null
  #cursor: string
  /** Set while the socket is full: when it has been for too long, it is cut. */
  #stallTimer: WheelTimer | null = null
  #saidUpToDate = false

  constructor(context: ServerContext, exchange: Exchange, { stream, seq, query, format }: LiveReadPlan) {
    const { clock, random, limits, wheel } = context
    const { cdn, latestOnly } = context.tuning(exchange.path)
    this.kind = format.name
    this.#context = context
    this.#visitor = exchange.visitor
    this.#response = exchange.response
    this.#stream = stream
    this.#format = format
    this.#cursor = nextCursor(query.cursor, clock, random)
    this.#reader = new Reader(context.hub, stream, seq, this, { latestOnly })
    this.#heartbeat = new Heartbeat(context, heartbeatMs(query.heartbeat), this)
    const age = cdn === true ? Math.min(CDN_AGE_MS, limits.maxAgeMs) : limits.maxAgeMs
    this.#ageTimer = wheel.set(around(age, AGE_SPREAD, random), () => this.drain(0, 0))
  }

  start(entry: Entry, departure: Departure): void {
    this.#entry = entry
    writeHead(this.#response, 200, { ...this.#format.headers(this.#stream), [HEADERS.nextOffset]: this.#position() })
    this.#response.on('drain', () => this.#drained())
    departure.whenGone(() => this.#release())
    this.#context.openReads.add(this)
    this.#write(this.#format.opening(this.#context.random, this.#position()))
    this.#reader.resume()
  }

  /** It was not let in: nothing has been written. */
  abandon(): void {
    this.#reader.stop()
    this.#heartbeat.stop()
    this.#context.wheel.clear(this.#ageTimer)
  }

  /** Its time is over: what the client asks next is answered with the reason. */
  expelled(): void {
    this.#finish(null)
  }

  async revalidate(): Promise<void> {
    if (!(await this.#context.gate.allows(this.#visitor, 'read', this.#stream.path))) this.expelled()
  }

  writable(): boolean {
    return this.#stallTimer === null
  }

  send(page: Page): void {
    this.#cursor = laterCursor(this.#cursor, this.#context.clock)
    const unit = this.#format.page(this.#context.positions, this.#stream, page, this.#cursor)
    this.#write(unit)
    const { instruments } = this.#context
    instruments.delivered(this.kind, page.records.length)
    instruments.sent(this.kind, unit.length)
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
    const { instruments, positions } = this.#context
    instruments.reset(reset.reason)
    this.#finish(resetControl(positions.reset(this.#stream.path, reset)))
  }

  /** Nothing to say: the client will ask again, and be told that there is no such stream. */
  deleted(): void {
    this.#finish(null)
  }

  /** Not an end: the client finds itself cut off, and comes back to where it was. */
  failed(error: unknown): void {
    this.#context.report(error)
    this.cut()
  }

  drain(afterMs: number, spreadMs: number): void {
    const drainInMs = Math.round(afterMs + this.#context.random() * spreadMs)
    this.#finish({ streamNextOffset: this.#position(), streamCursor: this.#cursor, drainInMs })
  }

  cut(): void {
    this.#response.destroy()
  }

  #position(): string {
    return this.#context.positions.at(this.#stream.head, this.#reader.position)
  }

  #control(control: StreamControl): void {
    this.#write(this.#format.control(control))
  }

  /** A full socket is silent for the client as well, but another byte in its queue would not change that. */
  beat(): void {
    if (this.writable()) this.#write(this.#format.pulse)
  }

  #write(bytes: string | Buffer): void {
    this.#heartbeat.touch()
    if (!this.#response.write(bytes)) this.#awaitDrain()
  }

  #awaitDrain(): void {
    this.#stallTimer ??= this.#context.wheel.setDeadline(this.#context.limits.stallMs, () => {
      this.#context.instruments.slowConsumer()
      this.cut()
    })
  }

  #drained(): void {
    this.#clearStall()
    this.#reader.resume()
  }

  #clearStall(): void {
    if (this.#stallTimer !== null) this.#context.wheel.clear(this.#stallTimer)
    this.#stallTimer = null
  }

  /** Says the last word. A peer that does not take it is cut off like any other that stalls. */
  #finish(control: StreamControl | null): void {
    if (this.#response.writableEnded) return
    this.#reader.stop()
    this.#heartbeat.stop()
    if (control !== null) this.#control(control)
    this.#response.end()
    this.#awaitDrain()
  }

  #release(): void {
    this.abandon()
    this.#clearStall()
    this.#entry?.leave()
    this.#context.openReads.remove(this)
  }
}
