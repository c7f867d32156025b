/**
 * The one real link, read for all tabs: by the leader's own reader and by its guests, each at its own speed.
 *
 * @module
 */
import { asTransportError, type TransportError } from '../errors.ts'
import type { AppendAnswer, Bookmark, Deliver, Link, Message, NumberedAppend, Outgoing } from '../link.ts'
import { handedOver } from './error-facts.ts'
import { copyOf, type Ring } from './ring.ts'
import { Turns } from './turns.ts'

/** How it was over. `left`: the server is not to blame, another tab goes on. */
export type Ending =
  | { readonly kind: 'ended' }
  | { readonly kind: 'lost'; readonly error: TransportError }
  | { readonly kind: 'left'; readonly error: TransportError }

/** Somebody in another tab who listens. */
export interface Listener {
  /** Whether it would take more than it has. */
  readonly wants: boolean
  /** Something new is in the ring. */
  flush(): void
  end(ending: Ending): void
}

interface Reader {
  readonly deliver: Deliver
  resolve(more: boolean): void
  reject(error: TransportError): void
}

export class Hub {
  readonly link: Link
  readonly ring: Ring
  readonly #listeners = new Set<Listener>()
  readonly #ended: (ending: Ending) => void
  readonly #writes = new Turns(1)
  readonly #appends: Turns
  /** What the leader's own reader gets next. */
  #next: number
  #reader: Reader | null = null
  #ending: Ending | null = null
  #flushing = false
  #wake: () => void = () => {}
  #notice: (error: TransportError) => void = () => {}
  /** Resolves when it is over while the leader itself does not read. */
  readonly lost = new Promise<TransportError>((resolve) => {
    this.#notice = resolve
  })

  constructor(link: Link, ring: Ring, ended: (ending: Ending) => void) {
    this.link = link
    this.ring = ring
    this.#ended = ended
    this.#next = ring.end
    this.#appends = new Turns(link.appendsAtOnce ?? 1)
    void link.lost?.then((error) => this.end({ kind: 'lost', error }))
    void this.#pump()
  }

  join(listener: Listener): void {
    this.#listeners.add(listener)
    this.stir()
  }

  leave(listener: Listener): void {
    this.#listeners.delete(listener)
  }

  /** Somebody may want more now. */
  stir(): void {
    this.#wake()
  }

  /** The leader's own `Link.read`. */
  read(deliver: Deliver): Promise<boolean> {
    while (this.#next < this.ring.end) {
      const entry = this.ring.at(this.#next++)
      // Of gaps the leader's connection was told while they were met.
      if (entry !== undefined && !('gap' in entry) && !deliver(copyOf(entry))) return Promise.resolve(true)
    }
    if (this.#ending?.kind === 'ended') return Promise.resolve(false)
    if (this.#ending !== null) return Promise.reject(this.#ending.error)
    return new Promise((resolve, reject) => {
      this.#reader = { deliver, resolve, reject }
      this.stir()
    })
  }

  /** One write after the other, whoever writes. */
  write(batch: readonly Outgoing[]): Promise<void> {
    return this.#writes.run(async () => this.link.write?.(batch))
  }

  append(append: NumberedAppend): Promise<AppendAnswer> {
    return this.#appends.run(async () => {
      const over = handedOver('The shared connection is over.')
      if (this.#ending !== null || this.link.append === undefined) throw over
      return this.link.append(append)
    })
  }

  end(ending: Ending, code?: number, reason?: string): void {
    if (this.#ending !== null) return
    this.#ending = ending
    this.link.close(code, reason)
    for (const listener of this.#listeners) listener.end(ending)
    this.#listeners.clear()
    const reader = this.#reader
    this.#reader = null
    if (reader === null && ending.kind !== 'ended') this.#notice(ending.error)
    else if (ending.kind === 'ended') reader?.resolve(false)
    else reader?.reject(ending.error)
    this.stir()
    this.#ended(ending)
  }

  /** Nobody wanting more is backpressure, as for any link; the fastest of all governs. */
  #isWanted(): boolean {
    if (this.#reader !== null) return true
    for (const listener of this.#listeners) if (listener.wants) return true
    return false
  }

  async #pump(): Promise<void> {
    try {
      while (this.#ending === null) {
        if (!this.#isWanted()) await new Promise<void>((resolve) => (this.#wake = resolve))
        else if (!(await this.link.read(this.#take))) this.end({ kind: 'ended' })
      }
    } catch (thrown) {
      this.end({ kind: 'lost', error: asTransportError(thrown) })
    }
  }

  readonly #take = (item: Message | Bookmark): boolean => {
    if (this.#ending !== null) return false
    this.ring.push(copyOf(item))
    if (this.#reader !== null) {
      this.#next = this.ring.end
      if (!this.#reader.deliver(item)) this.#full()
    } else if (this.#next < this.ring.start) {
      this.end({ kind: 'left', error: handedOver('This tab is too slow to read for the others.') })
    }
    this.flushSoon()
    return this.#ending === null && this.#isWanted()
  }

  #full(): void {
    this.#reader?.resolve(true)
    this.#reader = null
  }

  /** What one network chunk holds goes over the channel as one frame. */
  flushSoon(): void {
    if (this.#flushing) return
    this.#flushing = true
    queueMicrotask(() => {
      this.#flushing = false
      for (const listener of this.#listeners) listener.flush()
    })
  }
}
