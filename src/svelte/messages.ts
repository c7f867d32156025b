/**
 * The last messages of a connection as a store.
 *
 * @module
 */
import { type Readable, readable } from 'svelte/store'
import type { ConnectionActor } from '../connection/logic.ts'
import { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { onNextFrame } from './frames.ts'
import { following } from './selection.ts'
import type { TransportStore } from './transport-store.ts'

export interface MessagesOptions {
  /** How many messages are kept, at least 1; older ones go. Default 100. */
  readonly limit?: number | undefined
}

/**
 * The last messages as a store that changes at most once a frame, however many arrive. It begins empty with its first subscriber, and
 * again with another connection: that tells its own history. A page that is hidden has no frames; there it changes ten times a second
 * at most, or as seldom as the browser lets a timer run.
 *
 * @param source - what `transport` or `sharedTransport` gave, or a connection actor of your own.
 * @throws TransportError `bad_option`
 * @example
 * const list = messages(chat, { limit: 50 })
 * // {#each $list as message (message.position)} … {/each}
 */
export function messages<Received, Sent>(
  source: Pick<TransportStore<Received, Sent>, 'connection'> | ConnectionActor<object, Received, Sent>,
  { limit = 100 }: MessagesOptions = {},
): Readable<readonly Message<Received>[]> {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new TransportError('bad_option', 'Option limit must be a whole number from 1.')
  }
  const actors = 'connection' in source ? source.connection : readable(source)
  return readable<readonly Message<Received>[]>([], (set) => {
    let kept: readonly Message<Received>[] = []
    let fresh: Message<Received>[] = []
    let cancel: (() => void) | null = null
    const show = (): void => {
      cancel = null
      kept = [...kept, ...fresh].slice(-limit)
      fresh = []
      set(kept)
    }
    const forget = (): void => {
      cancel?.()
      cancel = null
      fresh = []
      if (kept.length === 0) return
      kept = []
      set(kept)
    }
    const hear = (message: Message<Received>): void => {
      fresh.push(message)
      // Room for twice as many, so that a burst between two frames is not moved with each message.
      if (fresh.length >= 2 * limit) fresh.splice(0, fresh.length - limit)
      cancel ??= onNextFrame(show)
    }
    const leave = following(actors, (actor) => {
      forget()
      return actor.on('message', ({ message }) => hear(message))
    })
    return () => {
      leave()
      forget()
    }
  })
}
