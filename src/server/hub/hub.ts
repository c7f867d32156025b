/**
 * The streams that are being read live on this node, each once, however many read it.
 *
 * @module
 */

import type { Clock } from '../clock.ts'
import type { StoreHint, StreamHead, StreamStore } from '../stores/store.ts'
import type { TimerWheel } from '../timer-wheel.ts'
import { HubStream } from './hub-stream.ts'
import { ReadQueue } from './read-queue.ts'

/** A stream that nobody reads any more is kept for so long: most readers who go come back. */
const LINGER_MS = 30_000

/** A sliding expiry is put off for as long as somebody reads: often enough for the shortest, not more often than needed. */
const TOUCH_MIN_MS = 200
const TOUCH_MAX_MS = 60_000

/**
 * Hints may be lost, and the last one has no next one to make up for it (wire.md F27). What was not heard of for so long is looked
 * at: with a tick of the wheel and the read itself, a record is found within 10 s.
 */
const LOOK_AFTER_MS = 9_500

export interface HubOptions {
  readonly store: StreamStore
  readonly clock: Clock
  readonly wheel: TimerWheel
  /** How long records of the stream at this path are gathered before they are sent. */
  readonly batchMs: (path: string) => number
  /** What all rings together may hold. */
  readonly ringBytes: number
  readonly report: (error: unknown) => void
}

/** A stream somebody is about to join, and what was heard of it meanwhile. */
interface Joining {
  readonly stream: Promise<HubStream | null>
  latest: StoreHint | null
}

export class Hub {
  readonly reads: ReadQueue
  readonly #options: HubOptions
  /** In the order in which they last grew: the rings of the first are given up first. */
  readonly #streams = new Map<string, HubStream>()
  readonly #joining = new Map<string, Joining>()
  readonly #unwatch: () => void
  #aliases = 0
  #ringBytes = 0
  #state: 'open' | 'closed' = 'open'

  constructor(options: HubOptions) {
    this.#options = options
    this.reads = new ReadQueue(options.store)
    this.#unwatch = options.store.watch((hint) => this.#heard(hint))
  }

  /** Streams that are held. */
  get size(): number {
    return this.#streams.size
  }

  /** What the rings of all streams hold. */
  get ringBytes(): number {
    return this.#ringBytes
  }

  /** The stream, for somebody who will {@link leave} it; `null` when there is none. */
  async join(path: string): Promise<HubStream | null> {
    const known = this.#streams.get(path)
    const stream = known ?? (await this.#admit(path))
    if (stream === null) return null
    stream.members++
    if (stream.linger !== null) this.#options.wheel.clear(stream.linger)
    stream.linger = null
    return stream
  }

  /** What the store knows of a stream at this moment. */
  head(path: string): Promise<StreamHead | null> {
    return this.#options.store.head(path)
  }

  /** The server is closed: those who still read are not told that something failed. */
  get closed(): boolean {
    return this.#state === 'closed'
  }

  leave(stream: HubStream): void {
    stream.members--
    if (stream.members > 0 || stream.state === 'gone') return
    stream.linger = this.#options.wheel.set(LINGER_MS, () => this.#forget(stream))
  }

  close(): void {
    this.#state = 'closed'
    this.#unwatch()
    for (const stream of this.#streams.values()) stream.vanish()
    this.#streams.clear()
  }

  #admit(path: string): Promise<HubStream | null> {
    const known = this.#joining.get(path)
    if (known !== undefined) return known.stream
    const joining: Joining = { stream: this.#look(path), latest: null }
    this.#joining.set(path, joining)
    return joining.stream
  }

  async #look(path: string): Promise<HubStream | null> {
    try {
      const found = await this.#options.store.head(path)
      const latest = this.#joining.get(path)?.latest ?? null
      const head = latest === null ? found : newer(found, latest)
      return head && this.#hold(head)
    } finally {
      this.#joining.delete(path)
    }
  }

  #hold(head: StreamHead): HubStream {
    const { clock, batchMs } = this.#options
    const stream = new HubStream(head, ++this.#aliases, { clock, batchMs: batchMs(head.path) })
    this.#streams.set(head.path, stream)
    this.#keepAlive(stream)
    this.#watchOver(stream)
    return stream
  }

  #heard(hint: StoreHint): void {
    const joining = this.#joining.get(hint.path)
    if (joining !== undefined) joining.latest = hint
    const stream = this.#streams.get(hint.path)
    if (stream === undefined || hint.gen < stream.gen) return
    const { head } = hint
    if (head === null || hint.gen !== stream.gen) this.#forget(stream)
    else this.#grow(stream, { ...hint, head })
  }

  #grow(stream: HubStream, hint: StoreHint & { readonly head: StreamHead }): void {
    this.#ringBytes -= stream.ring.bytes
    stream.heardAt = this.#options.clock.now()
    stream.take(hint)
    this.#ringBytes += stream.ring.bytes
    this.#streams.delete(stream.path)
    this.#streams.set(stream.path, stream)
    if (this.#ringBytes > this.#options.ringBytes) this.#shrink()
  }

  /** What is given up here is still in the store. */
  #shrink(): void {
    for (const stream of this.#streams.values()) {
      if (this.#ringBytes <= this.#options.ringBytes) return
      this.#ringBytes -= stream.ring.bytes
      stream.ring.clear()
    }
  }

  #forget(stream: HubStream): void {
    if (this.#streams.get(stream.path) !== stream) return
    this.#streams.delete(stream.path)
    this.#ringBytes -= stream.ring.bytes
    stream.vanish()
  }

  #keepAlive(stream: HubStream): void {
    const every = Math.min(Math.max((stream.head.config.ttlMs ?? Infinity) / 4, TOUCH_MIN_MS), TOUCH_MAX_MS)
    this.#options.wheel.set(every, () => {
      if (this.#streams.get(stream.path) !== stream) return
      if (stream.members > 0) this.#options.store.touch(stream.path).catch(this.#options.report)
      this.#keepAlive(stream)
    })
  }

  /** One look at a time: a slow store is not asked twice. */
  #watchOver(stream: HubStream): void {
    const { wheel, clock, report } = this.#options
    // A clock that was set back must not put the look off.
    const quietMs = Math.max(0, clock.now() - stream.heardAt)
    wheel.set(LOOK_AFTER_MS - quietMs, () => {
      if (this.#streams.get(stream.path) !== stream) return
      if (clock.now() - stream.heardAt < LOOK_AFTER_MS) this.#watchOver(stream)
      else
        this.#lookAgain(stream)
          .catch(report)
          .finally(() => this.#watchOver(stream))
    })
  }

  /** What the store knows and no hint told is heard now. */
  async #lookAgain(stream: HubStream): Promise<void> {
    const { path, gen } = stream
    stream.heardAt = this.#options.clock.now()
    const head = await this.reads.head(path)
    // It may have gone and come again under this name, or the server may be closed.
    if (this.#streams.get(path) !== stream) return
    if (head === null) this.#heard({ path, gen, head, records: [] })
    else if (head.gen !== gen || isFurther(head, stream.head)) this.#heard({ path, gen: head.gen, head, records: [] })
    else stream.refresh(head)
  }
}

/** Whether something has happened since. A head that was read before the last hint came is behind what is known. */
function isFurther(found: StreamHead, known: StreamHead): boolean {
  if (found.tail !== known.tail) return found.tail > known.tail
  return found.state === 'closed' && known.state === 'open'
}

/** What was found, or what was heard while it was looked for. */
function newer(found: StreamHead | null, heard: StoreHint): StreamHead | null {
  if (found !== null && heard.gen < found.gen) return found
  if (heard.head === null) return null
  return found !== null && found.gen === heard.gen && found.tail > heard.head.tail ? found : heard.head
}
