/**
 * The newest messages of a connection as a list to render.
 *
 * @module
 */
import { type ComputedRef, computed, shallowRef, watch } from 'vue'
import type { Message } from '../link.ts'
import { type MessagesOptions, messageList, type SelectedMessagesOptions } from '../screen/message-list.ts'
import type { ReactiveTransport } from './use-transport.ts'

/** What {@link useMessages} listens to: what any of the composables returns. */
export type MessageSource<Received, Sent> = Pick<ReactiveTransport<Received, Sent>, 'connection'>

/**
 * The newest messages from now on, oldest first, brought up to date at most once a frame (on a hidden page, which has none, ten times
 * a second). Cuts and resumptions keep the list; another connection, also the one that `connect()` opens after `closed`, begins a new
 * one. Without this composable messages render nothing: listen with `connection.value.on('message', …)`.
 * Ends with its component or scope; outside of both with the connection.
 *
 * @throws TransportError `bad_option`
 * @example
 * const chat = useSSE({ url: '/v1/stream/rooms/42' })
 * const texts = useMessages(chat, { limit: 200, select: ({ data }) => data })
 * // <li v-for="text in texts">{{ text }}</li>
 */
export function useMessages<Received, Sent, Item>(
  source: MessageSource<Received, Sent>,
  options: SelectedMessagesOptions<Received, Item>,
): ComputedRef<readonly Item[]>
export function useMessages<Received, Sent>(
  source: MessageSource<Received, Sent>,
  options?: MessagesOptions,
): ComputedRef<readonly Message<Received>[]>
export function useMessages<Received, Sent>(
  { connection }: MessageSource<Received, Sent>,
  { limit = 100, select = whole }: MessagesOptions & Partial<SelectedMessagesOptions<Received, unknown>> = {},
): ComputedRef<readonly unknown[]> {
  const shown = shallowRef<readonly unknown[]>([])
  // In the same tick as the connection changes: it connects right after.
  watch(
    connection,
    (actor, _before, onCleanup) => {
      const list = messageList({ connection: actor, limit, select })
      shown.value = list.read()
      onCleanup(
        list.subscribe(() => {
          shown.value = list.read()
        }),
      )
    },
    { immediate: true, flush: 'sync' },
  )
  return computed(() => shown.value)
}

const whole = (message: unknown): unknown => message
