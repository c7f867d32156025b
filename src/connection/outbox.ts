/**
 * The bounded, ordered queue of what is to be sent. It outlives links: what no link has taken waits for the next one;
 * what a link took and never settled is rejected, because repeating it could do it twice.
 *
 * @module
 */
import type { Translate } from '../codecs/schema.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { Link, Outgoing } from '../link.ts'

/** How many items one `write` may carry: enough to fill a segment, few enough to lose little at a cut. */
const batchSize = 64

export interface OutboxLimits {
  readonly messages: number
  readonly bytes: number
}

type Entry = Outgoing

export class Outbox {
  readonly #encode: Translate
  readonly #limits: OutboxLimits
  /** Encoded or still being encoded by an asynchronous codec; order is the order of `send`. */
  #waiting: (Entry | Promise<Entry | undefined>)[] = []
  readonly #taken = new Set<Entry>()
  #bytes = 0
  #link: Link | null = null
  #flushing = false
  /** How many items a transport has taken. */
  sent = 0

  constructor(encode: Translate, limits: OutboxLimits) {
    this.#encode = encode
    this.#limits = limits
  }

  /** Resolves when a transport has taken the item (or its server acknowledged it, where the protocol acknowledges). */
  send(data: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: unknown): void =>
        error === undefined
          ? resolve()
          : reject(asTransportError(error, 'encode_failed', 'The value to send could not be encoded.'))
      try {
        if (this.#waiting.length + this.#taken.size >= this.#limits.messages) throw this.#full()
        const encoded = this.#encode(data)
        this.#waiting.push(encoded instanceof Promise ? this.#later(encoded, settle) : this.#admit(encoded, settle))
      } catch (error) {
        settle(error)
        return
      }
      void this.#flush()
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
    for (const entry of [...this.#taken]) {
      entry.settle(
        new TransportError(
          'send_unconfirmed',
          'The connection was lost before the message was confirmed; it may have arrived.',
        ),
      )
    }
  }

  /** The connection is over: nothing that waits will ever go out. */
  clear(error: TransportError): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const entry of waiting) {
      if (entry instanceof Promise) void entry.then((admitted) => admitted?.settle(error))
      else entry.settle(error)
    }
  }

  #full(): TransportError {
    const { bytes, messages } = this.#limits
    return new TransportError(
      'outbox_full',
      `The outbox holds ${messages} messages or ${bytes} bytes and takes no more until the connection drains it.`,
    )
  }

  #admit(data: unknown, settle: (error?: unknown) => void): Entry {
    // Text counts in UTF-16 units: exact bytes would mean encoding everything twice. Values the protocol frames itself count as one.
    const size = typeof data === 'string' ? data.length : data instanceof Uint8Array ? data.byteLength : 1
    if (this.#bytes + size > this.#limits.bytes) throw this.#full()
    this.#bytes += size
    let open = true
    const entry: Entry = {
      data,
      settle: (error) => {
        // A link settles once; a cut may come before or after it.
        if (!open) return
        open = false
        this.#taken.delete(entry)
        this.#bytes -= size
        if (error === undefined) this.sent += 1
        settle(error)
      },
    }
    return entry
  }

  #later(encoded: Promise<unknown>, settle: (error?: unknown) => void): Promise<Entry | undefined> {
    return encoded
      .then((data) => this.#admit(data, settle))
      .catch((error: unknown) => {
        settle(error)
        return undefined
      })
  }

  async #flush(): Promise<void> {
    if (this.#flushing) return
    this.#flushing = true
    try {
      while (this.#link !== null && this.#waiting.length > 0) {
        const link = this.#link
        const batch = await this.#take(link)
        if (batch.length > 0) await this.#write(link, batch)
      }
    } finally {
      this.#flushing = false
    }
  }

  /** The next items, in order, as far as they are encoded; waits for the first one only. */
  async #take(link: Link): Promise<Entry[]> {
    const first = this.#waiting[0]
    if (first instanceof Promise) {
      const entry = await first
      // Cleared or already replaced while an asynchronous codec worked.
      if (this.#waiting[0] !== first) return []
      if (entry === undefined) this.#waiting.shift()
      else this.#waiting[0] = entry
    }
    if (this.#link !== link) return []
    const batch: Entry[] = []
    for (const entry of this.#waiting) {
      if (entry instanceof Promise || batch.length === batchSize) break
      batch.push(entry)
    }
    this.#waiting.splice(0, batch.length)
    for (const entry of batch) this.#taken.add(entry)
    return batch
  }

  async #write(link: Link, batch: readonly Entry[]): Promise<void> {
    try {
      if (link.write === undefined) throw new TransportError('unsupported', 'This transport cannot send.')
      await link.write(batch)
    } catch (error) {
      for (const entry of batch) entry.settle(error)
    }
  }
}
