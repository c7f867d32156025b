/**
 * One stream read over a WebSocket connection.
 *
 * @module
 */

import type { SeenFrame, ServerFrame, SubscribeFrame } from '../wire/frames.ts'
import type { Reset } from './cursor.ts'
import { Reader, type ReaderSink } from './reader.ts'
import type { Page, StreamLog } from './stream-log.ts'

/** The connection, as a subscription sees it. */
export interface SubscriptionOwner {
  writable(): boolean
  transmit(frame: ServerFrame): void
  transmitBytes(frame: Buffer): void
  /** The subscription is over; its alias may be used again. */
  over(subscription: Subscription): void
}

export class Subscription implements ReaderSink {
  readonly alias: number
  readonly #owner: SubscriptionOwner
  readonly #log: StreamLog
  readonly #request: SubscribeFrame
  readonly #reader: Reader
  #phase: 'replaying' | 'live' = 'replaying'
  #seen: number

  /** @param seq the sequence before the first record wanted. */
  constructor(owner: SubscriptionOwner, log: StreamLog, request: SubscribeFrame, seq: number) {
    this.alias = log.alias
    this.#owner = owner
    this.#log = log
    this.#request = request
    this.#seen = seq
    this.#reader = new Reader(log, seq, this, request.max)
  }

  start(): void {
    const { alias: a, gen, term, tail, state } = this.#log
    const from = this.#reader.position
    this.#owner.transmit({ t: 'subok', id: this.#request.id, a, gen, term, from, tail, closed: state === 'closed' })
    this.#reader.resume()
  }

  /** The socket has drained. */
  resume(): void {
    this.#reader.resume()
  }

  stop(): void {
    this.#reader.stop()
  }

  /** Takes note of what the client has dealt with; `false` when that is not possible. */
  noteSeen(frame: SeenFrame): boolean {
    if (frame.n < this.#seen || frame.n > this.#reader.position) return false
    this.#seen = frame.n
    return true
  }

  writable(): boolean {
    return this.#owner.writable()
  }

  send(page: Page): void {
    const key = `${page.from}-${page.to}`
    this.#owner.transmitBytes(this.#log.units.unit('websocket', key, () => recordsFrame(this.#log, page)))
  }

  caughtUp(): void {
    if (this.#phase === 'live') return
    this.#phase = 'live'
    this.#owner.transmit({ t: 'live', a: this.alias })
  }

  ended(): void {
    this.#owner.transmit({ t: 'eof', a: this.alias, n: this.#reader.position })
    this.#owner.over(this)
  }

  reset(reset: Reset): void {
    this.#owner.transmit(resetFrame({ a: this.alias }, reset))
    this.#owner.over(this)
  }

  deleted(): void {
    this.#owner.transmit({ t: 'err', id: this.#request.id, code: 'not_found', msg: 'The stream was deleted.' })
    this.#owner.over(this)
  }
}

/** The frame for a position that cannot be served. */
export function resetFrame(of: { a: number } | { id: number }, reset: Reset): ServerFrame {
  const { reason: why, earliest, next: tail, lost } = reset
  return { t: 'reset', ...of, why, earliest, tail, lost }
}

/** Written by hand, so that stored JSON goes out as it came in. The same bytes for every subscriber. */
function recordsFrame(log: StreamLog, page: Page): string {
  const head = `{"t":"m","a":${log.alias},"n":${page.from + 1}`
  const bodies = page.records.map((record) => record.body)
  if (log.kind === 'bytes') {
    const items = bodies.map((body) => `"${Buffer.from(body).toString('base64')}"`)
    return `${head},"b":[${items.join(',')}]}`
  }
  return `${head},"d":[${(log.kind === 'json' ? bodies : bodies.map((body) => JSON.stringify(body))).join(',')}]}`
}
