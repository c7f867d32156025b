/**
 * The streams one WebSocket connection reads.
 *
 * @module
 */

import type { RequestErrorCode, SeenFrame, SubscribeFrame } from '../wire/frames.ts'
import type { ServerContext } from './context.ts'
import { locate } from './cursor.ts'
import type { StreamLog } from './stream-log.ts'
import { parseStreamPath } from './stream-path.ts'
import { resetFrame, Subscription, type SubscriptionOwner } from './subscription.ts'

export class Subscriptions {
  readonly #byAlias = new Map<number, Subscription>()
  readonly #context: ServerContext
  readonly #owner: SubscriptionOwner
  readonly #limit: number

  constructor(context: ServerContext, owner: SubscriptionOwner, limit: number) {
    this.#context = context
    this.#owner = owner
    this.#limit = limit
  }

  subscribe(frame: SubscribeFrame): void {
    const parsed = parseStreamPath(frame.s)
    if (parsed.kind === 'bad_path') this.#refuse(frame, 'bad_path', 'This is not the path of a stream.')
    else if (parsed.kind === 'reserved') this.#refuse(frame, 'not_found', 'There is no such stream.')
    else this.#open(frame, this.#context.registry.find(parsed.path))
  }

  /** Unknown aliases are fine: the subscription may have ended while the frame was on its way. */
  unsubscribe(alias: number): void {
    this.#byAlias.get(alias)?.stop()
    this.#byAlias.delete(alias)
  }

  noteSeen(frame: SeenFrame): boolean {
    return this.#byAlias.get(frame.a)?.noteSeen(frame) ?? true
  }

  remove(subscription: Subscription): void {
    this.#byAlias.delete(subscription.alias)
  }

  /** The socket has drained. Whoever fills it goes to the end of the row, so that one long history starves nobody. */
  resume(): void {
    for (const [alias, subscription] of [...this.#byAlias]) {
      if (!this.#owner.writable()) return
      this.#byAlias.delete(alias)
      this.#byAlias.set(alias, subscription)
      subscription.resume()
    }
  }

  stop(): void {
    for (const subscription of this.#byAlias.values()) subscription.stop()
    this.#byAlias.clear()
  }

  #open(frame: SubscribeFrame, log: StreamLog | undefined): void {
    if (log === undefined) this.#refuse(frame, 'not_found', 'There is no such stream.')
    else if (this.#byAlias.has(log.alias)) this.#refuse(frame, 'already_subscribed', 'This stream is being read.')
    else if (this.#byAlias.size >= this.#limit) this.#refuse(frame, 'limit', 'Too many streams are being read.')
    else this.#start(frame, log)
  }

  #start(frame: SubscribeFrame, log: StreamLog): void {
    const located = locate(log, frame.o)
    if (located.kind === 'at') {
      const subscription = new Subscription(this.#owner, log, frame, located.seq)
      this.#byAlias.set(log.alias, subscription)
      subscription.start()
    } else if (located.kind === 'reset') this.#owner.transmit(resetFrame({ id: frame.id }, located))
    else this.#refuse(frame, 'bad_offset', 'This is not an offset.')
  }

  #refuse(frame: SubscribeFrame, code: RequestErrorCode, msg: string): void {
    this.#owner.transmit({ t: 'err', id: frame.id, code, msg })
  }
}
