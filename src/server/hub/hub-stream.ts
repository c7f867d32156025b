/**
 * One stream as this node sees it while somebody reads it live: its head, its newest records, and who waits for more.
 *
 * @module
 */

import { essenceOf, kindOf, type StreamKind } from '../content-type.ts'
import type { ReadLimits, StoreHint, StreamHead } from '../stores/store.ts'
import type { WheelTimer } from '../timer-wheel.ts'
import { UnitCache } from '../unit-cache.ts'
import { type Page, pageOf } from './page.ts'
import { Ring } from './ring.ts'
import { Waking, type WakingOptions } from './waking.ts'

export class HubStream {
  readonly path: string
  readonly gen: string
  /** The stream's number on this node, for WebSocket frames. */
  readonly alias: number
  readonly contentType: string
  readonly essence: string
  readonly kind: StreamKind
  readonly readers: Waking
  readonly ring = new Ring()
  readonly units = new UnitCache()
  /** How many have joined and not left. */
  members = 0
  /** When something was last heard of it, or looked for. */
  heardAt: number
  /** Runs from when the last one has left. */
  linger: WheelTimer | null = null
  #head: StreamHead
  #state: 'there' | 'gone' = 'there'

  constructor(head: StreamHead, alias: number, waking: WakingOptions) {
    this.path = head.path
    this.gen = head.gen
    this.alias = alias
    this.contentType = head.config.contentType
    this.essence = essenceOf(this.contentType)
    this.kind = kindOf(this.contentType)
    this.readers = new Waking(waking)
    this.heardAt = waking.clock.now()
    this.#head = head
  }

  get head(): StreamHead {
    return this.#head
  }

  /** `gone`: deleted, expired, or created again as another generation. */
  get state(): 'open' | 'closed' | 'gone' {
    return this.#state === 'gone' ? 'gone' : this.#head.state
  }

  /** Something happened in the store. Whether it happened to this stream is for the caller to have checked. */
  take(hint: StoreHint & { readonly head: StreamHead }): void {
    const first = hint.records[0]
    if (first !== undefined) this.ring.append(hint.records)
    // A hole, or records nobody has at hand: those who read find them in the store.
    if (first === undefined ? hint.head.tail > this.#head.tail : first.seq > this.#head.tail + 1) this.ring.clear()
    this.#head = hint.head
    this.readers.wake()
  }

  /** A head that was read a moment ago; an older one than is known changes nothing. */
  refresh(head: StreamHead): void {
    if (head.gen !== this.gen || head.tail < this.#head.tail || this.#head.state === 'closed') return
    this.#head = head
  }

  vanish(): void {
    this.#state = 'gone'
    this.ring.clear()
    this.readers.wake()
  }

  /** What follows a position, from memory; `null` when it has to be read from the store. */
  page(after: number, limits: ReadLimits): Page | null {
    if (after === this.#head.tail) return pageOf(this.#head, after, [])
    const records = this.ring.after(after, limits)
    return records && pageOf(this.#head, after, records)
  }
}
