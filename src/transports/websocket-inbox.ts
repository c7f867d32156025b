/**
 * What came in and was not asked for yet. While somebody reads, a message goes straight through: no array, no promise.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Deliver, Message } from '../link.ts'

/** Who is told what an {@link Inbox} keeps. */
export interface InboxSource {
  /** A message of this weight had to be kept: the moment to stop the source, or to see that it is too much. */
  kept(weight: number): void
  /** A reader has taken what it wanted: the moment to start the source again. */
  wanted(): void
}

interface Kept {
  readonly message: Message
  readonly size: number
}

/** A flood of empty messages weighs something too: about so many bytes each. */
const LEAST_WEIGHT = 32

/** Between a socket that pushes and a link that is pulled. A class, as closures would weigh 56 bytes each for every connection. */
export class Inbox {
  readonly #source: InboxSource
  #kept: Kept[] = []
  #size = 0
  #deliver: Deliver | null = null
  /** Ends the pending read. A failure goes in as a rejected promise: keeping `reject` too would cost another closure. */
  #settle: ((outcome: boolean | Promise<never>) => void) | null = null
  /** What every read after the last message comes to. An error is dear, for its stack: that of a discarded one is made for who reads. */
  #end: 'open' | 'clean' | 'discarded' | TransportError = 'open'

  constructor(source: InboxSource) {
    this.#source = source
  }

  /** Bytes kept for the next read; a text counts one per UTF-16 unit, and no message less than its own place in memory. */
  get size(): number {
    return this.#size
  }

  /** Hands the message over, or keeps it. */
  take(message: Message, bytes: number): void {
    if (this.#end !== 'open') return
    if (this.#deliver !== null) {
      this.#hand(this.#deliver, message)
      return
    }
    const size = Math.max(bytes, LEAST_WEIGHT)
    this.#kept.push({ message, size })
    this.#size += size
    this.#source.kept(size)
  }

  /** Throws away the newest. */
  pop(): void {
    this.#size -= this.#kept.pop()?.size ?? 0
  }

  /** Throws away the oldest until at most so many bytes are kept, and says how many messages went. */
  shrink(limit: number): number {
    let gone = 0
    while (this.#size > limit && gone < this.#kept.length) this.#size -= this.#kept[gone++]?.size ?? 0
    this.#kept = this.#kept.slice(gone)
    return gone
  }

  /** Nothing comes any more. What is kept is still handed over, then the read ends: cleanly, or with the failure. */
  end(failure: TransportError | null): void {
    if (this.#end !== 'open') return
    this.#end = failure ?? 'clean'
    this.#settleEnd()
  }

  /** Nobody wants the rest: a pending read, and any later one, fails with `aborted`. */
  discard(): void {
    this.#kept = []
    this.#size = 0
    this.#end = 'discarded'
    this.#settleEnd()
  }

  read(deliver: Deliver): Promise<boolean> {
    return new Promise((resolve) => {
      this.#deliver = deliver
      this.#settle = resolve
      if (this.#drain(deliver)) this.#settleEnd()
      this.#source.wanted()
    })
  }

  #finish(outcome: boolean | TransportError): void {
    const settle = this.#settle
    this.#deliver = this.#settle = null
    settle?.(typeof outcome === 'boolean' ? outcome : Promise.reject(outcome))
  }

  #settleEnd(): void {
    if (this.#end === 'open' || this.#settle === null) return
    if (this.#end === 'discarded') this.#finish(new TransportError('aborted', 'The link was closed.'))
    else this.#finish(this.#end === 'clean' ? false : this.#end)
  }

  /** Whoever delivers may throw (a codec, a listener): that ends the reading, never the socket's handler. */
  #hand(deliver: Deliver, message: Message): boolean {
    try {
      if (deliver(message)) return this.#deliver !== null
      this.#finish(true)
    } catch (thrown) {
      this.#finish(asTransportError(thrown))
    }
    return false
  }

  /** Hands over what was kept; false as soon as the reader has had enough. */
  #drain(deliver: Deliver): boolean {
    let next = 0
    let open = true
    for (; open && next < this.#kept.length; next++) {
      const item = this.#kept[next]
      if (item === undefined) break
      this.#size -= item.size
      open = this.#hand(deliver, item.message)
    }
    this.#kept = this.#kept.slice(next)
    return open
  }
}
