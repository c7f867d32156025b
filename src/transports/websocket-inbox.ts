/**
 * What came in and was not asked for yet. While somebody reads, a message goes straight through: no array, no promise.
 *
 * @module
 */
import { asTransportError, TransportError } from '../errors.ts'
import type { Deliver, Message } from '../link.ts'

/** Between a socket that pushes and a link that is pulled. */
export interface Inbox {
  /** Bytes kept for the next read; a text counts one per UTF-16 unit, and no message less than its own place in memory. */
  size(): number
  /** Hands the message over, or keeps it. */
  take(message: Message, size: number): void
  /** Throws away the oldest until at most so many bytes are kept, and says how many messages went. */
  shrink(limit: number): number
  /** Throws away the newest. */
  pop(): void
  /** Nothing comes any more. What is kept is still handed over, then the read ends: cleanly, or with the failure. */
  end(failure: TransportError | null): void
  /** Nobody wants the rest: a pending read, and any later one, fails with `aborted`. */
  discard(): void
  read(deliver: Deliver): Promise<boolean>
}

interface Reading {
  readonly deliver: Deliver
  readonly resolve: (more: boolean) => void
  readonly reject: (failure: TransportError) => void
}

interface Kept {
  readonly message: Message
  readonly size: number
}

/** A flood of empty messages weighs something too: about so many bytes each. */
const LEAST_WEIGHT = 32

/**
 * @param waiting - called with its weight whenever a message had to be kept: the moment to stop the source, or to see that it is too much.
 * @param wanted - called when a reader has taken what it wanted: the moment to start the source again.
 */
export function createInbox(waiting: (weight: number) => void, wanted: () => void): Inbox {
  let kept: Kept[] = []
  let size = 0
  let reading: Reading | null = null
  let ended: { readonly failure: TransportError | null } | null = null

  const settle = (outcome: boolean | TransportError) => {
    const reader = reading
    reading = null
    if (typeof outcome === 'boolean') reader?.resolve(outcome)
    else reader?.reject(outcome)
  }
  const settleEnd = () => {
    if (ended !== null) settle(ended.failure ?? false)
  }
  /** Whoever delivers may throw (a codec, a listener): that ends the reading, never the socket's handler. */
  const hand = (reader: Reading, message: Message): boolean => {
    try {
      if (reader.deliver(message)) return reading !== null
      settle(true)
    } catch (thrown) {
      settle(asTransportError(thrown))
    }
    return false
  }
  /** Hands over what was kept; false as soon as the reader has had enough. */
  const drain = (reader: Reading): boolean => {
    let next = 0
    let open = true
    for (; open && next < kept.length; next++) {
      const item = kept[next]
      if (item === undefined) break
      size -= item.size
      open = hand(reader, item.message)
    }
    kept = kept.slice(next)
    return open
  }

  return {
    // A method: with an accessor in it V8 keeps the whole literal as a dictionary, 0.3 kB more for each connection.
    size: () => size,
    take(message, bytes) {
      if (ended !== null) return
      if (reading !== null) {
        hand(reading, message)
        return
      }
      const weight = Math.max(bytes, LEAST_WEIGHT)
      kept.push({ message, size: weight })
      size += weight
      waiting(weight)
    },
    pop() {
      size -= kept.pop()?.size ?? 0
    },
    shrink(limit) {
      let gone = 0
      while (size > limit && gone < kept.length) size -= kept[gone++]?.size ?? 0
      kept = kept.slice(gone)
      return gone
    },
    end(failure) {
      if (ended !== null) return
      ended = { failure }
      settleEnd()
    },
    discard() {
      kept = []
      size = 0
      ended = { failure: new TransportError('aborted', 'The link was closed.') }
      settleEnd()
    },
    read(deliver) {
      return new Promise((resolve, reject) => {
        const reader = { deliver, resolve, reject }
        reading = reader
        if (drain(reader)) settleEnd()
        wanted()
      })
    },
  }
}
