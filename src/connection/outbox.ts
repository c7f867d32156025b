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
import type { QueueKind, SendOptions, SendQueue } from './send-queue.ts'

export { checkOutbox, type OutboxOptions, type OutboxOverflow } from './outbox-options.ts'

/** The actor's clock, so that a simulated one drives the batches too. */
export interface OutboxClock {
  setTimeout(fn: () => void, timeout: number): unknown
  clearTimeout(id: unknown): void
}

/** What an outbox empties into: a link, or whatever stands before one. */
interface Sink extends Pick<Link, 'write'> {
  readonly protocol?: string
}

interface Entry extends Outgoing {
  /** What was given to `send`; from `encoded` on what its codec made of it. */
  data: unknown
  encoded: boolean
  size: number
}

export class Outbox implements SendQueue {
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
  #admitting = false
  #size = 0
  #link: Sink | null = null
  /** The link that is being written to; another one need not wait for its last write, which may never settle. */
  #writing: Sink | null = null
  /** Runs while a batch that is not full may still grow. */
  #timer: unknown
  #closed = false
  /** How many items a transport has taken. */
  sent = 0
  /** Called whenever the last unsettled item was settled. */
  onDrained: () => void = () => {}

  constructor(encode: Translate, options: OutboxOptions = {}, clock: OutboxClock = globalThis) {
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
          entry.settle(new TransportError('aborted', 'The send was given up.'))
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
          else reject(asTransportError(error, 'send_failed', 'The transport could not send the message.'))
          this.#leave(entry, error === undefined)
        },
      }
      signal?.addEventListener('abort', abort)
      if (signal?.aborted === true) return abort()
      try {
        this.#accept(entry)
      } catch (error) {
        entry.settle(unencodable(error))
      }
    })
  }

  /** A link is up: what waits goes out. */
  attach(link: Sink): void {
    this.#link = link
    void this.#flush()
  }

  /** Nothing more is handed over for now; what was is still going to be settled. */
  rest(): void {
    this.#link = null
  }

  /** The link is gone. Call after `link.close()`, so that it could settle what it knows. */
  detach(): void {
    this.rest()
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

  #hurry(): void {
    this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #accept(entry: Entry): void {
    if (this.#closed) throw new TransportError('send_refused', 'The connection is draining and takes nothing more.')
    if (this.#blocked.length === 0 && this.#admits()) this.#enter(entry)
    else if (this.#blocked.length < this.#messages) this.#blocked.push(entry)
    else throw this.#full()
  }

  /** Whether one more may enter now. Only `block` ever says no: the other policies decide when it has. */
  #admits(): boolean {
    if (this.#overflow !== 'block') return true
    // One at a time while its size is not known: otherwise a thousand that are being encoded could come out at any size.
    const weighed = this.#waiting.at(-1)?.encoded ?? true
    return weighed && this.#count < this.#messages && this.#size < this.#bytes
  }

  /** The place in the queue is that of the call; the size counts from when it is known. */
  #enter(entry: Entry): void {
    // Before the codec runs: whoever is flooded by refused sends should not pay for encoding them too.
    if (this.#count >= this.#messages) this.#refuseNewest()
    const data = this.#encode(entry.data)
    this.#waiting.push(entry)
    if (data instanceof Promise) {
      data.then(
        (encoded) => this.#fill(entry, encoded),
        (error: unknown) => entry.settle(unencodable(error)),
      )
      this.#makeRoom(entry)
    } else this.#fill(entry, data)
  }

  #fill(entry: Entry, data: unknown): void {
    // Given up while it was being encoded.
    if (this.#waiting.lastIndexOf(entry) < 0) return
    entry.data = data
    entry.encoded = true
    entry.size = sizeOf(data)
    this.#size += entry.size
    try {
      this.#makeRoom(entry)
    } catch (error) {
      entry.settle(error)
    }
    if (this.#maxDelay > 0 && !this.#closed) {
      this.#timer ??= this.#clock.setTimeout(() => {
        this.#timer = undefined
        void this.#flush()
      }, this.#maxDelay)
    }
    this.#admit()
    void this.#flush()
  }

  /** Drops what the newcomer makes too much, or throws why the newcomer cannot stay. */
  #makeRoom(newcomer: Entry): void {
    const waiting = this.#waiting
    const isOver = (): boolean => this.#size > this.#bytes || this.#count > this.#messages
    if (this.#overflow === 'latest') while (waiting[0] && waiting[0] !== newcomer) waiting[0].settle(this.#dropped())
    if (newcomer.size <= this.#bytes && (this.#overflow === 'block' || !isOver())) return
    this.#refuseNewest()
    let held = newcomer.size
    for (const taken of this.#taken) held += taken.size
    if (held > this.#bytes || this.#taken.size >= this.#messages) throw this.#full()
    // The newcomer may be the oldest itself: those behind it were encoded sooner and took the room.
    while (isOver()) waiting[0]?.settle(this.#dropped())
  }

  #refuseNewest(): void {
    if (this.#overflow === 'error') throw this.#full()
    if (this.#overflow === 'drop-newest') throw this.#dropped()
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

  /** Lets blocked callers in, in their order, as far as there is room. Never within itself: a thousand of them would be as many frames. */
  #admit(): void {
    if (this.#admitting) return
    this.#admitting = true
    while (this.#blocked.length > 0 && this.#admits()) {
      const next = this.#blocked.shift()
      try {
        if (next !== undefined) this.#enter(next)
      } catch (error) {
        next?.settle(unencodable(error))
      }
    }
    this.#admitting = false
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
        for (const entry of batch) entry.settle(error ?? null)
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
      `The outbox is full: it takes ${this.#messages} messages or ${this.#bytes} bytes.`,
    )
  }

  #dropped(): TransportError {
    return new TransportError(
      'send_dropped',
      `The message was dropped: the outbox follows the policy ${this.#overflow}.`,
    )
  }
}

function unencodable(error: unknown): TransportError {
  return asTransportError(error, 'encode_failed', 'The value to send could not be encoded.')
}

function remove(entries: Entry[], entry: Entry): boolean {
  const index = entries.indexOf(entry)
  if (index < 0) return false
  entries.splice(index, 1)
  return true
}

/** The queue of everything that is not numbered. */
export const outbox: QueueKind = { make: ({ encode, input, clock }) => new Outbox(encode, input.outbox, clock) }
