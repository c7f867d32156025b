/**
 * The messages of a connection as a list to render: bounded, and drawn once a frame however many came.
 *
 * @module
 */
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { Message } from '../link.ts'
import { type MessagesOptions, messageList, type SelectedMessagesOptions } from '../screen/message-list.ts'
import type { MessageSource } from './use-transport.ts'

/**
 * The newest messages since the component mounted, oldest first. This is the hook that renders when messages come: once for each
 * frame in which some did. Another connection (another key, or afresh after `closed`) begins an empty list.
 *
 * @throws TransportError `bad_option`
 * @example
 * const chat = useSSE({ url: '/v1/stream/rooms/42' })
 * const texts = useMessages(chat, { limit: 50, select: ({ data }) => data })
 */
export function useMessages<Received, Sent, Item>(
  source: MessageSource<Received, Sent>,
  options: SelectedMessagesOptions<Received, Item>,
): readonly Item[]
export function useMessages<Received, Sent>(
  source: MessageSource<Received, Sent>,
  options?: MessagesOptions,
): readonly Message<Received>[]
export function useMessages<Received, Sent>(
  { connection }: MessageSource<Received, Sent>,
  { limit = 100, select = whole }: MessagesOptions & Partial<SelectedMessagesOptions<Received, unknown>> = {},
): readonly unknown[] {
  const newest = useRef(select)
  useEffect(() => {
    newest.current = select
  })
  const begin = () => ({
    connection,
    limit,
    list: messageList({ connection, limit, select: (message: Message<Received>) => newest.current(message) }),
  })
  // State and no memo: fast refresh keeps the one and makes the other again, and the list would be empty after each edit.
  const [kept, keep] = useState(begin)
  let shown = kept
  if (kept.connection !== connection || kept.limit !== limit) {
    shown = begin()
    keep(shown)
  }
  return useSyncExternalStore(shown.list.subscribe, shown.list.read, empty)
}

const whole = (message: unknown): unknown => message
const nothing: readonly never[] = []
const empty = () => nothing
