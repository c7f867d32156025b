/**
 * A connection's messages as an async iterator, with a bounded buffer: who iterates slowly stops the socket, not the heap.
 *
 * @module
 */
import type { AnyActorRef } from 'xstate'
import { type ConnectionSnapshot, stateOf } from '../../machines/connection.ts'
import { asTransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import { planeOf } from './planes.ts'

export interface IterationOptions {
  /** How many messages may wait for the iterator before reading stops; it goes on at half of it. Default 256. */
  readonly highWaterMark?: number | undefined
}

/**
 * Iterates over the messages from now on. Ends when the connection is closed, throws when it comes to rest in `error`.
 * Of several open iterators the slowest governs; leave the loop (or call `return`) to be out of it.
 *
 * @example
 * for await (const message of messagesOf(chat)) await append(message.data)
 */
export function messagesOf<Data = unknown>(
  connection: AnyActorRef,
  options: IterationOptions = {},
): AsyncIterableIterator<Message<Data>> {
  const highWaterMark = Math.max(1, options.highWaterMark ?? 256)
  const buffer: Message<Data>[] = []
  const plane = planeOf(connection)
  let release: (() => void) | null = null
  let ended: { readonly error?: unknown } | null = null
  const waiting: { resolve(result: IteratorResult<Message<Data>>): void; reject(error: unknown): void }[] = []

  const leave = plane.receive((message) => {
    const consumer = waiting.shift()
    if (consumer !== undefined) return consumer.resolve({ done: false, value: message as Message<Data> })
    buffer.push(message as Message<Data>)
    if (buffer.length >= highWaterMark) release ??= plane.hold()
  })
  const subscription = connection.subscribe({
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
    subscription.unsubscribe()
    release?.()
    for (const consumer of waiting.splice(0)) {
      if ('error' in how) consumer.reject(how.error)
      else consumer.resolve({ done: true, value: undefined })
    }
  }

  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next() {
      const message = buffer.shift()
      if (message !== undefined) {
        if (buffer.length <= highWaterMark / 2) {
          release?.()
          release = null
        }
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
      buffer.length = 0
      end({})
      return Promise.resolve({ done: true, value: undefined })
    },
  }
}
