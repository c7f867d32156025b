/**
 * One stream's part of a shared socket: a carrier like a socket of its own, that a {@link ChannelOwner} feeds.
 *
 * @module
 */
import { TransportError } from '../errors.ts'
import type { Bookmark, Deliver, DialRequest, Link, Message, Outgoing } from '../link.ts'
import type { Frame } from './durable-frames.ts'
import { Inbox, type InboxSource } from './websocket-inbox.ts'

/**
 * So much may wait for a reader, in bytes: about what a socket hands over in one go, so that somebody who only takes a breath is
 * never behind. Beyond it the server is told to stop, and goes on from the last record that was kept.
 */
export const MOST_WAITING = 256 * 1024

/** Answers to appends come behind a reader who stopped, too. So many bytes of them no server has reason to send. */
const MOST_ANSWERS = 2 * MOST_WAITING

/** The socket, as one of its channels sees it. */
export interface ChannelOwner {
  readonly protocol: string
  /** The number of the channel's next `sub`; its answer comes to the channel. */
  nextId(channel: Channel): number
  write(batch: readonly Outgoing[]): Promise<void>
  /** Nobody reads this for now. */
  unsubscribe(channel: Channel): void
  left(channel: Channel): void
}

/** `behind`: nobody read, and the server was told to stop. */
type ChannelState = 'flowing' | 'behind' | 'over'

export class Channel implements InboxSource {
  readonly stream: string
  /** The number of the last `sub`. */
  id = -1
  /** What the server calls the stream; `undefined` while it does not send it. */
  alias: number | undefined
  /** The last `sub` has no answer yet. */
  asked = false
  readonly #owner: ChannelOwner
  readonly #request: DialRequest
  readonly #inbox: Inbox = new Inbox(this)
  #state: ChannelState = 'flowing'
  #reader: 'full' | 'reading' = 'full'
  #again: () => void = () => {}

  constructor(owner: ChannelOwner, stream: string, request: DialRequest) {
    this.#owner = owner
    this.stream = stream
    this.#request = request
    // As for a socket of its own, it stays there when the stream is open: the signal holds it.
    request.signal.addEventListener('abort', this.close)
  }

  heard(): void {
    this.#request.heard()
  }

  /** How reading begins again when there is room; what was kept has been read by then. */
  onRoom(again: () => void): void {
    this.#again = again
  }

  /** A frame for this channel, of so many bytes. */
  take(frame: Frame, size: number): void {
    // What still comes of a stream that was given up for now comes again.
    if (this.#state === 'behind' && frame.t !== 'ack' && frame.t !== 'nack' && frame.t !== 'bye') return
    this.#inbox.take({ data: frame }, size)
  }

  /** The socket is gone: at its own end, or with a failure. */
  end(failure: TransportError | null): void {
    this.#inbox.end(failure)
  }

  kept(): void {
    const { size } = this.#inbox
    if (this.#state === 'flowing' && size > MOST_WAITING) {
      this.#state = 'behind'
      this.#owner.unsubscribe(this)
    }
    if (size > MOST_ANSWERS) this.#inbox.end(new TransportError('overflow', 'Too many answers wait for their reader.'))
  }

  wanted(): void {
    if (this.#state !== 'behind' || this.#reader === 'full' || this.#inbox.size > 0) return
    this.#state = 'flowing'
    this.#again()
  }

  readonly close = (): void => {
    if (this.#state === 'over') return
    this.#request.signal.removeEventListener('abort', this.close)
    this.#inbox.discard()
    if (this.#state === 'flowing') this.#owner.unsubscribe(this)
    this.#state = 'over'
    this.#owner.left(this)
  }

  link(): Link {
    return {
      protocol: this.#owner.protocol,
      read: (deliver) => this.#read(deliver),
      write: (batch) => this.#write(batch),
      close: this.close,
    }
  }

  #read(deliver: Deliver): Promise<boolean> {
    this.#reader = 'reading'
    return this.#inbox.read((item) => {
      const more = deliver(item)
      if (!more) this.#reader = 'full'
      return more
    })
  }

  async #write(batch: readonly Outgoing[]): Promise<void> {
    if (this.#state !== 'over') return this.#owner.write(batch)
    for (const { settle } of batch) settle(new TransportError('send_failed', 'The connection is closed.'))
  }
}

/** The frame in what a channel delivers: it was read when it was found out whose it is. */
export function routedFrame({ data }: Message | Bookmark): Frame {
  return data as Frame
}
