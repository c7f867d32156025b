/**
 * One stream read over a WebSocket connection.
 *
 * @module
 */

import type { RequestErrorCode, ServerFrame, SubscribeFrame } from '../../wire/frames.ts'
import { type Reset, termAt } from '../cursor.ts'
import type { Hub } from '../hub/hub.ts'
import type { HubStream } from '../hub/hub-stream.ts'
import type { Page } from '../hub/page.ts'
import { UNIT } from '../hub/read-queue.ts'
import { Reader, type ReaderSink } from '../reader.ts'
import { type Credit, Unseen } from './credit.ts'
import { recordsFrame } from './records-frame.ts'
import type { Turns, TurnTaker } from './turns.ts'

/** The connection, as what is read over it sees it. */
export interface Outlet {
  writable(): boolean
  transmit(frame: ServerFrame): void
  /** A whole frame with its header, and how many records are in it. */
  transmitRecords(frame: Buffer, records: number): void
}

/** Those subscriptions that share a connection, as one of them sees them. */
export interface SubscriptionOwner {
  readonly outlet: Outlet
  /** `null` as long as there is one stream only. */
  readonly turns: Turns | null
  /** `null` until the client has said for the first time what it has seen. */
  readonly credit: Credit | null
  /** A position could not be served. */
  wasReset(reset: Reset): void
  /** The store could not be read. */
  failed(error: unknown): void
  /** The subscription is over; its stream may be subscribed again. */
  over(subscription: Subscription): void
}

/** Where a subscription starts, and how it reads. */
export interface SubscriptionPlan {
  readonly stream: HubStream
  /** The sequence before the first record wanted. */
  readonly seq: number
  readonly latestOnly: boolean
  /** The most records a client may be behind, and thus a frame may have. */
  readonly creditRecords: number
}

export class Subscription implements ReaderSink, TurnTaker {
  readonly stream: HubStream
  hasTurn = false
  lastTurn = 0
  readonly #owner: SubscriptionOwner
  readonly #id: number
  readonly #unitRecords: number
  readonly #reader: Reader
  readonly #from: number
  #phase: 'replaying' | 'live' = 'replaying'
  /** Of the last record that was sent, or of the position where it began. */
  #term: number
  #unseen: Unseen | null = null

  constructor(owner: SubscriptionOwner, hub: Hub, request: SubscribeFrame, plan: SubscriptionPlan) {
    const { stream, seq, latestOnly, creditRecords } = plan
    this.stream = stream
    this.#owner = owner
    this.#id = request.id
    this.#unitRecords = Math.min(request.max ?? UNIT.records, UNIT.records, creditRecords)
    this.#from = seq
    this.#term = termAt(stream.head, seq)
    this.#reader = new Reader(hub, stream, seq, this, { unitRecords: this.#unitRecords, latestOnly })
  }

  start(): void {
    const { alias: a, gen, head, state } = this.stream
    const closed = state === 'closed'
    this.#transmit({ t: 'subok', id: this.#id, a, gen, term: this.#term, from: this.#from, tail: head.tail, closed })
    this.#reader.resume()
  }

  resume(): void {
    this.#reader.resume()
  }

  stop(): void {
    this.#reader.stop()
    this.#leave()
  }

  /** Ends it for a reason that has nothing to do with the stream. */
  withdraw(code: RequestErrorCode, msg: string, retryMs?: number): void {
    this.stop()
    this.#transmit({ t: 'err', id: this.#id, code, msg, retryMs })
    this.#owner.over(this)
  }

  /** The client says what it has seen: from now on what it has not counts. */
  count(credit: Credit): void {
    this.#unseen = new Unseen(credit, this.#from, this.#reader.position)
  }

  /** Takes note of what the client has dealt with; `false` when that was never sent. */
  noteSeen(seq: number): boolean {
    if (seq > this.#reader.position) return false
    this.#unseen?.see(seq)
    return true
  }

  writable(): boolean {
    const { outlet, credit, turns } = this.#owner
    const isHeardy = outlet.writable() && (credit?.covers(this.#unitRecords) ?? true)
    return turns === null ? isHeardy : turns.ask(this, isHeardy)
  }

  /** A client that computes positions must hear of a new term before the first record of it. */
  send(page: Page): void {
    const { head } = this.stream
    const newest = head.terms.at(-1)
    if (newest === undefined || newest.after <= page.from) this.#sendTerm(newest?.term ?? this.#term, page)
    else for (const part of byTerm(head, page)) this.#sendTerm(part.term, part)
    this.#owner.turns?.end(this)
  }

  caughtUp(): void {
    this.#owner.turns?.end(this)
    if (this.#phase === 'live') return
    this.#phase = 'live'
    this.#transmit({ t: 'live', a: this.stream.alias })
  }

  ended(): void {
    this.#transmit({ t: 'eof', a: this.stream.alias, n: this.#reader.position })
    this.#finish()
  }

  reset(reset: Reset): void {
    this.#owner.wasReset(reset)
    this.#transmit(resetFrame({ a: this.stream.alias }, reset))
    this.#finish()
  }

  deleted(): void {
    this.withdraw('not_found', 'The stream was deleted.')
  }

  failed(error: unknown): void {
    this.#owner.failed(error)
    this.withdraw('unavailable', 'The stream cannot be read now.', RETRY_MS)
  }

  #sendTerm(term: number, page: Pick<Page, 'records' | 'from' | 'to'>): void {
    if (term !== this.#term) this.#transmit({ t: 'term', a: this.stream.alias, term, n: page.from })
    this.#term = term
    const frame = recordsFrame(this.stream, page)
    this.#owner.outlet.transmitRecords(frame, page.records.length)
    this.#unseen?.deliver(page.to, frame.length)
  }

  #transmit(frame: ServerFrame): void {
    this.#owner.outlet.transmit(frame)
  }

  #finish(): void {
    this.#leave()
    this.#owner.over(this)
  }

  #leave(): void {
    this.#unseen?.forget()
    this.#owner.turns?.leave(this)
  }
}

/** When a client may try again what the store could not do. */
export const RETRY_MS = 1_000

/** The frame for a position that cannot be served. */
export function resetFrame(of: { a: number } | { id: number }, reset: Reset): ServerFrame {
  const { reason: why, earliest, next: tail, lost } = reset
  return { t: 'reset', ...of, why, earliest, tail, lost }
}

interface TermPart {
  readonly term: number
  readonly records: Page['records']
  readonly from: number
  readonly to: number
}

/** The records of a page, apart by term. */
function byTerm(head: HubStream['head'], { records, from }: Page): readonly TermPart[] {
  const parts: TermPart[] = []
  let start = 0
  for (let index = 1; index <= records.length; index++) {
    const term = termAt(head, from + start + 1)
    if (index < records.length && termAt(head, from + index + 1) === term) continue
    parts.push({ term, records: records.slice(start, index), from: from + start, to: from + index })
    start = index
  }
  return parts
}
