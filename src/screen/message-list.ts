/**
 * The newest messages of one connection as an external store: gathered as they come, shown frame by frame: what the lists of all framework entries are made of.
 *
 * @module
 */
import type { ConnectionActor } from '../connection/logic.ts'
import { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { withNextFrame } from './frame.ts'

/** A list to be read, and to be told of when it is another one. */
export interface MessageList<Item> {
  read(): readonly Item[]
  /** Listens to the connection until the returned function is called. */
  subscribe(changed: () => void): () => void
}

/** What the framework entries' lists are told. */
export interface MessagesOptions {
  /** How many of the newest are kept, at least 1. Default 100. */
  readonly limit?: number | undefined
}

export interface SelectedMessagesOptions<Received, Item> extends MessagesOptions {
  /** What is kept of a message, called once for each as it arrives; `undefined` leaves it out. */
  readonly select: (message: Message<Received>) => Item | undefined
}

export interface MessageListOptions<Received, Sent, Item> {
  readonly connection: ConnectionActor<object, Received, Sent>
  /** How many of the newest are kept, at least 1. */
  readonly limit: number
  /** What is shown of a message; `undefined` shows nothing of it. */
  readonly select: (message: Message<Received>) => Item | undefined
}

/** Throws `bad_option` for a limit no list can keep. */
export function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit > 0) return
  throw new TransportError('bad_option', 'Option limit must be a whole number above 0.')
}

/** Begins empty. Throws as {@link checkLimit}. */
export function messageList<Received, Sent, Item>({
  connection,
  limit,
  select,
}: MessageListOptions<Received, Sent, Item>): MessageList<Item> {
  checkLimit(limit)
  let shown: readonly Item[] = []
  let arrived: Item[] = []
  const show = (): void => {
    if (arrived.length === 0) return
    shown = [...shown, ...arrived].slice(-limit)
    arrived = []
  }
  return {
    read: () => shown,
    subscribe(changed) {
      let cancel: (() => void) | null = null
      const draw = (): void => {
        cancel = null
        show()
        changed()
      }
      const hearing = connection.on('message', ({ message }) => {
        const item = select(message)
        if (item === undefined) return
        arrived.push(item)
        // A hidden page may gather for long. Half of it at a time, so that each message costs the same.
        if (arrived.length >= 2 * limit) arrived = arrived.slice(-limit)
        cancel ??= withNextFrame(draw)
      })
      return () => {
        hearing.unsubscribe()
        cancel?.()
        // Whoever listens again finds what was gathered: nothing is lost between two effects.
        show()
      }
    },
  }
}
