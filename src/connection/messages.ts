/**
 * A connection's messages as an async iterator, with a bounded buffer: who iterates slowly stops the socket, not the heap.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import { type ConnectionSnapshot, stateOf } from '../../machines/connection.ts'
import { asTransportError, TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { MessageBuffer } from './messages-buffer.ts'
import { type IterationOptions, type WaterMarks, waterMarksOf } from './messages-options.ts'
import { planeOf } from './planes.ts'

export type { IterationOptions, IterationOverflow } from './messages-options.ts'

/** The messages of a connection, from the moment it was made. */
export interface MessageIterator<Data = unknown> extends AsyncIterableIterator<Message<Data>> {
  /** How many messages its policy has thrown away. */
  readonly dropped: number
}

/**
 * Iterates over the messages from now on. Ends when the connection is closed, throws when it comes to rest in `error`.
 * Of several open iterators that block the slowest governs; leave the loop (or call `return`) to be out of it.
 *
 * @throws TransportError `bad_option`
 * @example
 * for await (const message of messagesOf(chat)) await append(message.data)
 */
export function messagesOf<Data = unknown>(
  connection: AnyActorRef,
  options: IterationOptions = {},
): MessageIterator<Data> {
  const plane = planeOf(connection)
  const marks = waterMarksOf(options)
  const buffer = new MessageBuffer<Data>()
  let dropped = 0
  let release: (() => void) | null = null
  let ended: { readonly error?: unknown } | null = null
  const waiting: { resolve(result: IteratorResult<Message<Data>>): void; reject(error: unknown): void }[] = []

  let subscription: { unsubscribe(): void } | null = null
  const leave = plane.receive((message) => {
    const consumer = waiting.shift()
    if (consumer !== undefined) return consumer.resolve({ done: false, value: message as Message<Data> })
    if (marks.overflow === 'error' && isFull(buffer, marks)) return end({ error: overflown(marks) })
    dropped += keep(buffer, message as Message<Data>, marks)
    if (marks.overflow === 'block' && isFull(buffer, marks)) release ??= plane.hold()
  })
  subscription = connection.subscribe({
    next: (snapshot: ConnectionSnapshot) => {
      if (stateOf(snapshot) === 'error') end({ error: asTransportError(snapshot.context.failure) })
    },
    error: (error: unknown) => end({ error }),
    complete: () => end({}),
  })

  function end(how: { readonly error?: unknown }): void {
    if (ended !== null) return
    ended = how
    leave()
    // Not there yet where the connection was closed before: XState then completes within `subscribe`.
    subscription?.unsubscribe()
    flow()
    for (const consumer of waiting.splice(0)) {
      if ('error' in how) consumer.reject(how.error)
      else consumer.resolve({ done: true, value: undefined })
    }
  }

  function flow(): void {
    release?.()
    release = null
  }

  return {
    get dropped() {
      return dropped
    },
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      const message = buffer.shift()
      if (message !== undefined) {
        if (buffer.length <= marks.low && buffer.bytes <= marks.lowBytes) flow()
        return Promise.resolve({ done: false, value: message })
      }
      if (ended !== null) {
        return 'error' in ended ? Promise.reject(ended.error) : Promise.resolve({ done: true, value: undefined })
      }
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
      })
    },
    return() {
      buffer.clear()
      end({})
      return Promise.resolve({ done: true, value: undefined })
    },
  }
}

function isFull({ bytes, length }: MessageBuffer<unknown>, { high, highBytes }: WaterMarks): boolean {
  return length >= high || bytes >= highBytes
}

/** Keeps the message as the policy wants it, and says how many were thrown away. */
function keep<Data>(buffer: MessageBuffer<Data>, message: Message<Data>, marks: WaterMarks): number {
  const { overflow } = marks
  if (overflow === 'drop-newest' && isFull(buffer, marks)) return 1
  let gone = 0
  if (overflow === 'drop-oldest' || overflow === 'latest') {
    while (buffer.length > 0 && (overflow === 'latest' || isFull(buffer, marks))) {
      buffer.shift()
      gone += 1
    }
  }
  buffer.push(message)
  return gone
}

function overflown({ high, highBytes }: WaterMarks): TransportError {
  return new TransportError(
    'overflow',
    `The iterator was not asked in time: ${high} messages or ${highBytes} bytes were waiting for it.`,
  )
}
