/**
 * The bounded, ordered queue of what is to be sent. It outlives links: what no link has taken waits for the next one;
 * what a link took and never settled is rejected, because repeating it could do it twice.
 *
 * @module
 */
import type { Translate } from '../codecs/schema.ts'
import { sizeOf } from '../codecs/size-of.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { Link, Outgoing } from '../link.ts'
import type { OutboxOptions, OutboxOverflow } from './outbox-options.ts'

export { checkOutbox, type OutboxOptions, type OutboxOverflow } from './outbox-options.ts'

/** The actor's clock, so that a simulated one drives the batches too. */
export interface OutboxClock {
  setTimeout(fn: () => void, timeout: number): unknown
  clearTimeout(id: unknown): void
}

export interface SendOptions {
  /**
   * Gives the send up while it still waits: it rejects with `aborted` and is never sent. What a transport has taken cannot be
   * called back; such a send goes on to its own outcome.
   */
  readonly signal?: AbortSignal | undefined
}

interface Entry extends Outgoing {
  /** What was given to `send`; from `encoded` on what its codec made of it. */
  data: unknown
  encoded: boolean
  size: number
}

const timers: OutboxClock = {
  setTimeout: (fn, timeout) => setTimeout(fn, timeout),
  clearTimeout: (id) => clearTimeout(id as ReturnType<typeof setTimeout>),
}

export class Outbox {
  readonly #encode: Translate
  readonly #messages: number
  readonly #bytes: number
  readonly #overflow: OutboxOverflow
  readonly #maxBatch: number
  readonly #maxDelay: number
  readonly #clock: OutboxClock
  readonly #waiting: Entry[] = []
  readonly #taken = new Set<Entry>()
  /** Callers whom `block` keeps waiting for room. */
  readonly #blocked: Entry[] = []
  #encoding = 0
  #size = 0
  #link: Link | null = null
  /** The link that is being written to; another one need not wait for its last write, which may never settle. */
  #writing: Link | null = null
  /** Runs while a batch that is not full may still grow. */
  #timer: unknown
  #closed = false
  /** How many items a transport has taken. */
  sent = 0
  /** Called whenever the last unsettled item was settled. */
  onDrained: () => void = () => {}

  constructor(encode: Translate, options: OutboxOptions = {}, clock: OutboxClock = timers) {
    const { bytes = 1_048_576, maxBatch = 64, maxDelay = 0, messages = 1_000, overflow = 'error' } = options
    this.#encode = encode
    this.#messages = messages
    this.#bytes = bytes
    this.#overflow = overflow
    this.#maxBatch = maxBatch
    this.#maxDelay = maxDelay
    this.#clock = clock
  }

  /** How many sends are unsettled: waiting for a link or for room, or taken by a link and not confirmed. */
  get queued(): number {
    return this.#count + this.#blocked.length
  }

  /** What they weigh, as far as they are encoded. */
  get queuedBytes(): number {
    return this.#size
  }

  get #count(): number {
    return this.#waiting.length + this.#taken.size
  }

  /** Resolves when a transport has taken the item (or its server acknowledged it, where the protocol acknowledges). */
  send(data: unknown, { signal }: SendOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        if (!this.#taken.has(entry)) {
          entry.settle(new TransportError('aborted', 'The send was given up before a transport took the message.'))
        }
      }
      const entry: Entry = {
        data,
        encoded: false,
        size: 0,
        // A link settles once; a cut may come before or after it: only the first one finds the entry here.
        settle: (error) => {
          signal?.removeEventListener('abort', abort)
          if (error === undefined) resolve()
          else reject(asTransportError(error, 'encode_failed', 'The value to send could not be encoded.'))
          this.#leave(entry, error === undefined)
        },
      }
      signal?.addEventListener('abort', abort)
      if (signal?.aborted === true) return abort()
      try {
        this.#accept(entry)
      } catch (error) {
        entry.settle(error)
      }
    })
  }

  /** A link is up: what waits goes out. */
  attach(link: Link): void {
    this.#link = link
    void this.#flush()
  }

  /** The link is gone. Call after `link.close()`, so that it could settle what it knows. */
  detach(): void {
    this.#link = null
    const lost = 'The connection was lost before the message was confirmed; it may have arrived.'
    for (const entry of this.#taken) entry.settle(new TransportError('send_unconfirmed', lost))
  }

  /** The connection drains: what was accepted still goes out, without waiting for company, and nothing more is accepted. */
  close(): void {
    this.#closed = true
    this.#hurry()
    void this.#flush()
  }

  /** The connection is over: nothing that waits will ever go out. */
  clear(error: TransportError): void {
    this.#hurry()
    // The callers without a place first: room for them is no use any more.
    for (const entry of [...this.#blocked, ...this.#waiting]) entry.settle(error)
  }

  #linger(): void {
    if (this.#maxDelay === 0 || this.#closed) return
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#timer = undefined
      void this.#flush()
    }, this.#maxDelay)
  }

  #hurry(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #accept(entry: Entry): void {
    if (this.#closed) throw new TransportError('send_refused', 'Nothing more can be sent: the connection is draining.')
    if (this.#blocked.length === 0 && this.#enter(entry)) return
    if (this.#blocked.length >= this.#messages) throw this.#full()
    this.#blocked.push(entry)
  }

  /** Encodes the entry and puts it into the queue. False when it has to wait for room; throws when there is none for it. */
  #enter(entry: Entry): boolean {
    const overflow = this.#overflow
    const crowded = this.#count >= this.#messages
    // One at a time while their size is not known: otherwise a thousand that are being encoded could come out at any size.
    if (overflow === 'block' && (crowded || this.#size >= this.#bytes || this.#encoding > 0)) return false
    // Before the codec runs: whoever is flooded by refused sends should not pay for encoding them too.
    if (crowded && (overflow === 'error' || overflow === 'drop-newest')) throw this.#refusal()
    const data = entry.encoded ? entry.data : this.#encode(entry.data)
    if (data instanceof Promise) this.#enterLater(entry, data)
    else {
      const size = sizeOf(data)
      entry.data = data
      entry.encoded = true
      if (overflow === 'block' && size <= this.#bytes && this.#size + size > this.#bytes) return false
      this.#reserve(size, 1)
      this.#weigh(entry, size)
      this.#waiting.push(entry)
    }
    this.#drop(entry)
    this.#linger()
    void this.#flush()
    return true
  }

  /** The place in the queue is that of the call; the size counts from when it is known. */
  #enterLater(entry: Entry, encoding: Promise<unknown>): void {
    this.#reserve(0, 1)
    this.#waiting.push(entry)
    this.#encoding += 1
    const done = (finish: () => void): void => {
      this.#encoding -= 1
      // Unless it was given up meanwhile.
      if (this.#waiting.includes(entry)) finish()
      this.#admit()
      void this.#flush()
    }
    encoding.then(
      (data) =>
        done(() => {
          const size = sizeOf(data)
          try {
            this.#reserve(size, 0)
          } catch (error) {
            return entry.settle(error)
          }
          entry.data = data
          entry.encoded = true
          this.#weigh(entry, size)
          this.#drop(entry)
        }),
      (error: unknown) => done(() => entry.settle(error)),
    )
  }

  #weigh(entry: Entry, size: number): void {
    entry.size = size
    this.#size += size
  }

  /** Throws unless so much fits, or will once what may be dropped has been. */
  #reserve(size: number, more: number): void {
    if (size <= this.#bytes) {
      if (this.#overflow === 'block') return
      if (this.#size + size <= this.#bytes && this.#count + more <= this.#messages) return
      if (this.#overflow === 'error' || this.#overflow === 'drop-newest') throw this.#refusal()
      let held = 0
      for (const taken of this.#taken) held += taken.size
      if (held + size <= this.#bytes && this.#taken.size < this.#messages) return
    }
    throw this.#full()
  }

  /**
   * Drops what the newcomer makes too much. It has entered already, so that the outbox is never empty in between, and may be
   * the oldest itself: those behind it were encoded sooner and took the room.
   */
  #drop(newcomer: Entry): void {
    const overflow = this.#overflow
    if (overflow !== 'latest' && overflow !== 'drop-oldest') return
    for (let oldest = this.#waiting[0]; oldest !== undefined; oldest = this.#waiting[0]) {
      const fits = this.#size <= this.#bytes && this.#count <= this.#messages
      if (overflow === 'latest' ? oldest === newcomer : fits) return
      oldest.settle(this.#dropped())
    }
  }

  /** The entry is settled: it makes room for others, once. */
  #leave(entry: Entry, sent: boolean): void {
    const taken = this.#taken.delete(entry)
    if (!taken && !remove(this.#waiting, entry) && !remove(this.#blocked, entry)) return
    if (taken && sent) this.sent += 1
    this.#size -= entry.size
    this.#admit()
    // One that was still being encoded may have held up those behind it.
    if (!taken) void this.#flush()
    if (this.queued === 0) this.onDrained()
  }

  /** Lets blocked callers in, in their order, as far as there is room. */
  #admit(): void {
    for (let next = this.#blocked.shift(); next !== undefined; next = this.#blocked.shift()) {
      try {
        if (this.#enter(next)) continue
        this.#blocked.unshift(next)
        return
      } catch (error) {
        next.settle(error)
      }
    }
  }

  async #flush(): Promise<void> {
    const link = this.#link
    if (link === null || this.#writing === link) return
    this.#writing = link
    // What is sent in one go leaves in one write.
    await null
    while (this.#link === link) {
      const batch = this.#nextBatch()
      if (batch.length === 0) break
      try {
        if (link.write === undefined) throw new TransportError('unsupported', 'This transport cannot send.')
        await link.write(batch)
      } catch (error) {
        for (const entry of batch) entry.settle(error)
      }
    }
    if (this.#writing === link) this.#writing = null
  }

  /** The encoded ones at the head of the queue, unless others may still join them. */
  #nextBatch(): readonly Entry[] {
    let ready = 0
    while (ready < this.#maxBatch && this.#waiting[ready]?.encoded) ready += 1
    if (ready > 0 && ready < this.#maxBatch && this.#timer !== undefined) return []
    const batch = this.#waiting.splice(0, ready)
    for (const entry of batch) this.#taken.add(entry)
    return batch
  }

  #full(): TransportError {
    return new TransportError(
      'outbox_full',
      `The outbox takes ${this.#messages} messages or ${this.#bytes} bytes, and is full.`,
    )
  }

  #refusal(): TransportError {
    return this.#overflow === 'error' ? this.#full() : this.#dropped()
  }

  #dropped(): TransportError {
    return new TransportError('send_dropped', `The outbox was full, and its policy is ${this.#overflow}.`)
  }
}

function remove(entries: Entry[], entry: Entry): boolean {
  const index = entries.indexOf(entry)
  if (index < 0) return false
  entries.splice(index, 1)
  return true
}
