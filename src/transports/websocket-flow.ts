/**
 * What happens to the messages of a WebSocket that nobody reads: the socket is paused, or a policy decides.
 *
 * @module
 */
import type { Socket } from './socket.ts'
import type { Inbox } from './websocket-inbox.ts'
import type { Overflow } from './websocket-input.ts'

/**
 * A paused socket has so much to hand over already, in bytes: one network chunk. Pausing with the first message would stop and
 * start the socket once for each message of an asynchronous codec.
 */
const PAUSE_ABOVE = 64 * 1024
const RESUME_BELOW = PAUSE_ABOVE / 2

interface FlowOptions {
  readonly limit: number
  readonly overflow: Overflow
  /** The socket, from its opening on. */
  readonly socket: () => Socket | undefined
  /** More came in than may be kept, and nothing may be thrown away. */
  readonly overflown: () => void
  /** So many messages were thrown away here. */
  readonly gap: (lost: number) => void
}

/** Follows what the inbox keeps. */
export function createFlow(inbox: Inbox, { gap, limit, overflow, overflown, socket }: FlowOptions) {
  let paused = false
  let dropped = 0
  const losesOld = overflow === 'drop-oldest' || overflow === 'latest'
  const losesNew = overflow === 'drop-newest'

  const sayDropped = () => {
    if (dropped > 0) gap(dropped)
    dropped = 0
  }

  return {
    /** A message had to be kept. */
    kept(weight: number): void {
      const open = socket()
      if (losesNew) {
        // Once it has begun, until what is kept was read: otherwise the loss would have no one place to be said at.
        if (dropped === 0 && inbox.size() <= limit) return
        inbox.pop()
        dropped += 1
      } else if (losesOld) {
        dropped += inbox.shrink(overflow === 'latest' ? weight : limit)
      } else if (open?.pause === undefined) {
        if (inbox.size() > limit) overflown()
      } else if (!paused && inbox.size() > Math.min(limit, PAUSE_ABOVE)) {
        paused = true
        open.pause()
      }
    },
    /** A reader comes: what is gone before the first message that was kept is said before it. */
    reading(): void {
      if (losesOld) sayDropped()
    },
    /** The reader has taken what it wanted. */
    wanted(): void {
      if (inbox.size() === 0) sayDropped()
      if (!paused || inbox.size() > Math.min(limit, RESUME_BELOW)) return
      paused = false
      socket()?.resume?.()
    },
  }
}
