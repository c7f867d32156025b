/**
 * What happens to the messages of a WebSocket that nobody reads: the socket is paused, or a policy decides.
 *
 * @module
 */
import type { Deliver } from '../link.ts'
import type { Socket } from './socket.ts'
import { Inbox, type InboxSource } from './websocket-inbox.ts'
import type { Overflow } from './websocket-input.ts'

/**
 * A paused socket has so much to hand over already, in bytes: one network chunk. Pausing with the first message would stop and
 * start the socket once for each message of an asynchronous codec.
 */
const PAUSE_ABOVE = 64 * 1024
const RESUME_BELOW = PAUSE_ABOVE / 2

/** Whose messages a {@link Flow} follows. */
export interface FlowOwner {
  /** From its opening on. */
  readonly socket: Socket | undefined
  /** More than this came in, in bytes, and nothing may be thrown away. */
  overflown(limit: number): void
  /** So many messages were thrown away here. */
  lost(count: number): void
}

/** Messages between the socket and a reader, and what becomes of them while there is none. */
export class Flow implements InboxSource {
  readonly inbox: Inbox = new Inbox(this)
  readonly #owner: FlowOwner
  readonly #limit: number
  readonly #overflow: Overflow
  #paused = false
  #dropped = 0

  constructor(owner: FlowOwner, limit: number, overflow: Overflow) {
    this.#owner = owner
    this.#limit = limit
    this.#overflow = overflow
  }

  kept(weight: number): void {
    const { inbox } = this
    const limit = this.#limit
    const overflow = this.#overflow
    if (overflow === 'drop-newest') {
      // Once it has begun, until what is kept was read: otherwise the loss would have no one place to be said at.
      if (this.#dropped === 0 && inbox.size <= limit) return
      inbox.pop()
      this.#dropped += 1
    } else if (losesOld(overflow)) {
      this.#dropped += inbox.shrink(overflow === 'latest' ? weight : limit)
    } else if (this.#owner.socket?.pause === undefined) {
      if (inbox.size > limit) this.#owner.overflown(limit)
    } else if (!this.#paused && inbox.size > Math.min(limit, PAUSE_ABOVE)) {
      this.#paused = true
      this.#owner.socket.pause()
    }
  }

  /** What is gone before the first message that was kept is said before it. */
  read(deliver: Deliver): Promise<boolean> {
    if (losesOld(this.#overflow)) this.#sayDropped()
    return this.inbox.read(deliver)
  }

  wanted(): void {
    if (this.inbox.size === 0) this.#sayDropped()
    if (!this.#paused || this.inbox.size > Math.min(this.#limit, RESUME_BELOW)) return
    this.#paused = false
    this.#owner.socket?.resume?.()
  }

  #sayDropped(): void {
    if (this.#dropped > 0) this.#owner.lost(this.#dropped)
    this.#dropped = 0
  }
}

/** Whether messages may be thrown away, so that somebody must be told of it. */
export function mayDrop(overflow: Overflow): boolean {
  return overflow === 'drop-newest' || losesOld(overflow)
}

function losesOld(overflow: Overflow): boolean {
  return overflow === 'drop-oldest' || overflow === 'latest'
}
