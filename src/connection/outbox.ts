/**
 * The bounded, ordered queue of what is to be sent. It outlives links: what no link has taken waits for the next one;
 * what a link took and never settled is rejected, because repeating it could do it twice.
 *
 * @module
 */
import type { Translate } from '../codecs/schema.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { Link, Outgoing } from '../link.ts'
import type { ConnectionInput } from './settings.ts'

/** How many items one `write` may carry: enough to fill a segment, few enough to lose little at a cut. */
const batchSize = 64

interface Entry extends Outgoing {
  /** Encoded, or still being encoded by an asynchronous codec; order is the order of `send`. */
  data: unknown
  /** UTF-16 units of text (exact bytes would mean encoding everything twice), else bytes. */
  size: number
}

export class Outbox {
  readonly #encode: Translate
  readonly #messages: number
  readonly #bytes: number
  #waiting: Entry[] = []
  readonly #taken = new Set<Entry>()
  #size = 0
  #link: Link | null = null
  #flushing = false
  /** How many items a transport has taken. */
  sent = 0

  constructor(encode: Translate, { messages = 1_000, bytes = 1_048_576 }: NonNullable<ConnectionInput['outbox']> = {}) {
    this.#encode = encode
    this.#messages = messages
    this.#bytes = bytes
  }

  /** Resolves when a transport has taken the item (or its server acknowledged it, where the protocol acknowledges). */
  send(data: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry: Entry = {
        data,
        size: 0,
        settle: (error) => {
          // A link settles once; a cut may come before or after it, and a promise keeps its first outcome.
          if (this.#taken.delete(entry) && error === undefined) this.sent += 1
          this.#size -= entry.size
          entry.size = 0
          if (error === undefined) resolve()
          else reject(asTransportError(error, 'encode_failed', 'The value to send could not be encoded.'))
        },
      }
      try {
        if (this.#waiting.length + this.#taken.size >= this.#messages) this.#refuse()
        entry.data = this.#encode(data)
        // Awaited when its turn comes; until then a rejection is nobody's.
        if (entry.data instanceof Promise) entry.data.catch(() => {})
        this.#weigh(entry)
        this.#waiting.push(entry)
        void this.#flush()
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

  /** The connection is over: nothing that waits will ever go out. */
  clear(error: TransportError): void {
    for (const entry of this.#waiting.splice(0)) entry.settle(error)
  }

  #refuse(): never {
    throw new TransportError(
      'outbox_full',
      `The outbox takes ${this.#messages} messages or ${this.#bytes} bytes, and is full.`,
    )
  }

  #weigh(entry: Entry): void {
    const { data } = entry
    // Values that the protocol frames itself have no size yet; they count as messages only.
    const size = typeof data === 'string' ? data.length : data instanceof Uint8Array ? data.byteLength : 0
    if (this.#size + size > this.#bytes) this.#refuse()
    this.#size += size
    entry.size = size
  }

  async #flush(): Promise<void> {
    if (this.#flushing) return
    this.#flushing = true
    while (this.#link !== null && this.#waiting.length > 0) {
      const link = this.#link
      await this.#encoded()
      if (this.#link === link) await this.#write(link)
    }
    this.#flushing = false
  }

  /** Waits for the first item's asynchronous codec; one that fails leaves no hole. */
  async #encoded(): Promise<void> {
    const first = this.#waiting[0]
    if (!(first?.data instanceof Promise)) return
    try {
      first.data = await first.data
      this.#weigh(first)
    } catch (error) {
      // Unless it was cleared meanwhile.
      if (this.#waiting[0] === first) this.#waiting.shift()
      first.settle(error)
    }
  }

  async #write(link: Link): Promise<void> {
    const ready = this.#waiting.findIndex(({ data }) => data instanceof Promise)
    const batch = this.#waiting.splice(0, Math.min(batchSize, ready < 0 ? batchSize : ready))
    if (batch.length === 0) return
    for (const entry of batch) this.#taken.add(entry)
    try {
      if (link.write === undefined) throw new TransportError('unsupported', 'This transport cannot send.')
      await link.write(batch)
    } catch (error) {
      for (const entry of batch) entry.settle(error)
    }
  }
}
