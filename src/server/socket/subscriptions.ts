/**
 * The streams one WebSocket connection reads.
 *
 * @module
 */

import type { RequestErrorCode, SeenFrame, SubscribeFrame } from '../../wire/frames.ts'
import type { ServerContext } from '../context.ts'
import { locate, type Reset } from '../cursor.ts'
import type { HubStream } from '../hub/hub-stream.ts'
import { parseStreamPath } from '../stream-path.ts'
import { Credit } from './credit.ts'
import { type Outlet, RETRY_MS, resetFrame, Subscription, type SubscriptionOwner } from './subscription.ts'
import { Turns } from './turns.ts'

/** Who is at the other end. */
export interface Subscriber {
  allows(action: 'read', path: string): Promise<boolean>
}

/** Shared: most connections read one stream, and an array for each that reads none would weigh more than it holds. */
const NONE: readonly Subscription[] = []

export class Subscriptions implements SubscriptionOwner {
  readonly outlet: Outlet
  readonly #context: ServerContext
  readonly #subscriber: Subscriber
  /** Replaced when it changes: an array of one weighs a third of a map. */
  #live: readonly Subscription[] = NONE
  #turns: Turns | null = null
  #credit: Credit | null = null
  #state: 'open' | 'over' = 'open'

  constructor(context: ServerContext, outlet: Outlet, subscriber: Subscriber) {
    this.#context = context
    this.outlet = outlet
    this.#subscriber = subscriber
  }

  get credit(): Credit | null {
    return this.#credit
  }

  /** One stream alone needs to wait for nobody. */
  get turns(): Turns | null {
    return this.#turns
  }

  /** Answers a `sub`. */
  async subscribe(frame: SubscribeFrame): Promise<void> {
    const parsed = parseStreamPath(frame.s)
    if (parsed.kind === 'bad_path') this.#refuse(frame, 'bad_path', 'This is not the path of a stream.')
    else if (this.#live.length >= this.#context.limits.subscriptions)
      this.#refuse(frame, 'limit', 'Too many streams are being read.')
    else if (parsed.kind === 'reserved') this.#refuse(frame, 'not_found', NOT_FOUND)
    else if (await this.#subscriber.allows('read', parsed.path)) await this.#join(frame, parsed.path)
    else this.#refuse(frame, this.#forbidden(), NOT_FOUND)
  }

  /** Unknown aliases are fine: the subscription may have ended while the frame was on its way. */
  unsubscribe(alias: number): void {
    const subscription = this.#find(alias)
    subscription?.stop()
    if (subscription !== undefined) this.over(subscription)
  }

  /** Takes note of what the client has dealt with; `false` when that was never sent. */
  noteSeen({ a, n }: SeenFrame): boolean {
    if (this.#credit === null) {
      this.#credit = new Credit(this.#context.limits)
      for (const subscription of this.#live) subscription.count(this.#credit)
    }
    const known = this.#find(a)?.noteSeen(n) ?? true
    this.resume()
    return known
  }

  /** The socket has drained, or there is credit again. */
  resume(): void {
    if (this.#turns === null) for (const subscription of this.#live) subscription.resume()
    else this.#turns.call()
  }

  /** Asks again whether each may be read, and ends those that may not. */
  async revalidate(): Promise<void> {
    for (const subscription of this.#live) {
      const allowed = await this.#subscriber.allows('read', subscription.stream.path)
      if (!allowed && this.#live.includes(subscription)) subscription.withdraw(this.#forbidden(), NOT_FOUND)
    }
  }

  stop(): void {
    this.#state = 'over'
    for (const subscription of this.#live) subscription.stop()
    this.#live = NONE
  }

  over(subscription: Subscription): void {
    this.#live = this.#live.filter((other) => other !== subscription)
  }

  wasReset(reset: Reset): void {
    this.#context.instruments.reset(reset.reason)
  }

  failed(error: unknown): void {
    this.#context.report(error)
  }

  #find(alias: number): Subscription | undefined {
    return this.#live.find(({ stream }) => stream.alias === alias)
  }

  async #join(frame: SubscribeFrame, path: string): Promise<void> {
    let stream: HubStream | null
    try {
      stream = await this.#context.hub.join(path)
    } catch (error) {
      this.failed(error)
      this.#refuse(frame, 'unavailable', 'The stream cannot be read now.', RETRY_MS)
      return
    }
    if (stream === null) this.#refuse(frame, 'not_found', NOT_FOUND)
    else if (!this.#start(frame, stream)) this.#context.hub.leave(stream)
  }

  /** `false`: it was not needed. */
  #start(frame: SubscribeFrame, stream: HubStream): boolean {
    if (this.#state === 'over') return false
    if (this.#find(stream.alias) !== undefined) {
      this.#refuse(frame, 'already_subscribed', 'This stream is being read.')
      return false
    }
    const located = locate(stream.head, frame.o)
    if (located.kind === 'at') this.#open(frame, stream, located.seq)
    else if (located.kind === 'bad_offset') this.#refuse(frame, 'bad_offset', 'This is not an offset.')
    else {
      this.wasReset(located)
      this.outlet.transmit(resetFrame({ id: frame.id }, located))
    }
    return located.kind === 'at'
  }

  #open(frame: SubscribeFrame, stream: HubStream, seq: number): void {
    const { hub, limits, tuning } = this.#context
    const latestOnly = tuning(stream.path).latestOnly ?? false
    const plan = { stream, seq, latestOnly, creditRecords: limits.creditRecords }
    const subscription = new Subscription(this, hub, frame, plan)
    this.#live = [...this.#live, subscription]
    if (this.#live.length === 2) this.#takeTurns()
    if (this.#credit !== null) subscription.count(this.#credit)
    subscription.start()
  }

  #takeTurns(): void {
    this.#turns ??= new Turns(this.outlet)
    // It may be waiting for room, and has to stand in the row for that from now on.
    this.#live[0]?.resume()
  }

  /** The same as for a stream that is not there, unless the application wants it said. */
  #forbidden(): RequestErrorCode {
    return this.#context.gate.forbidden().status === 403 ? 'forbidden' : 'not_found'
  }

  #refuse(frame: SubscribeFrame, code: RequestErrorCode, msg: string, retryMs?: number): void {
    this.outlet.transmit({ t: 'err', id: frame.id, code, msg, retryMs })
  }
}

const NOT_FOUND = 'There is no such stream.'
