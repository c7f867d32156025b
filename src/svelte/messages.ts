/**
 * The last messages of a connection as a store.
 *
 * @module
 */
import { type Readable, readable } from 'svelte/store'
import type { ConnectionActor } from '../connection/logic.ts'
import type { Message } from '../link.ts'
import { checkLimit, type MessagesOptions, messageList, type SelectedMessagesOptions } from '../screen/message-list.ts'
import { following } from './selection.ts'
import type { TransportStore } from './transport-store.ts'

/** What {@link messages} listens to: what `transport` or `sharedTransport` gave, or a connection actor of your own. */
export type MessageSource<Received, Sent> =
  | Pick<TransportStore<Received, Sent>, 'connection'>
  | ConnectionActor<object, Received, Sent>

/**
 * The last messages as a store that changes at most once a frame, however many arrive. It begins empty with its first subscriber, and
 * again with another connection: that tells its own history. A page that is hidden has no frames; there it changes ten times a second
 * at most, or as seldom as the browser lets a timer run.
 *
 * @throws TransportError `bad_option`
 * @example
 * const list = messages(chat, { limit: 50 })
 * // {#each $list as message (message.position)} … {/each}
 */
export function messages<Received, Sent, Item>(
  source: MessageSource<Received, Sent>,
  options: SelectedMessagesOptions<Received, Item>,
): Readable<readonly Item[]>
export function messages<Received, Sent>(
  source: MessageSource<Received, Sent>,
  options?: MessagesOptions,
): Readable<readonly Message<Received>[]>
export function messages<Received, Sent>(
  source: MessageSource<Received, Sent>,
  { limit = 100, select = whole }: MessagesOptions & Partial<SelectedMessagesOptions<Received, unknown>> = {},
): Readable<readonly unknown[]> {
  checkLimit(limit)
  const actors = 'connection' in source ? source.connection : readable(source)
  return readable<readonly unknown[]>([], (set) =>
    following(actors, (connection) => {
      const list = messageList({ connection, limit, select })
      set(list.read())
      return { unsubscribe: list.subscribe(() => set(list.read())) }
    }),
  )
}

const whole = (message: unknown): unknown => message
