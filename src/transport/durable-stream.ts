/**
 * A durable stream as one plain object: iterate to read, `append` to write. Underneath runs the same chart.
 *
 * @module
 */
import { createActor } from 'xstate'
import { stateOf } from '../../machines/connection.ts'
import { values } from '../codecs/codec.ts'
import { type ConnectionOptions, connection } from '../connection/connection.ts'
import type { ConnectionActor } from '../connection/logic.ts'
import { messagesOf } from '../connection/messages.ts'
import type { IterationOptions } from '../connection/messages-options.ts'
import { sendOver } from '../connection/send-over.ts'
import type { SendOptions } from '../connection/send-queue.ts'
import { type ConnectionInput, watched } from '../connection/settings.ts'
import type { Message } from '../link.ts'
import { producerQueue } from '../producer/queue-kind.ts'
import { type ResumeToken, resumed, resumeTokenOf } from '../producer/resume-token.ts'
import { type DurableInput, durable } from '../transports/durable.ts'

/** What a stream can be told: where it is read from and how, and how its records are translated. */
export type StreamOptions<Received = unknown, Sent = unknown> = Omit<DurableInput, 'url'> &
  ConnectionInput &
  Pick<ConnectionOptions<DurableInput, Received, Sent>, 'codec' | 'incoming' | 'outgoing' | 'refused'> & {
    /** How far reading may run ahead of the loop. Default 256 messages or 1 MiB; then the server is not read any further. */
    readonly ahead?: IterationOptions | undefined
  }

/**
 * A stream that is read by iterating. It connects with the first iteration or append, stays connected through every failure that
 * passes, and throws the typed error of one that does not. Leaving the loop closes it. One loop at a time: two would share the
 * records between them.
 */
export interface DurableStream<Received = unknown, Sent = unknown> extends AsyncIterableIterator<Message<Received>> {
  /** Resolves when the server has stored it, once; rejects with a `TransportError` when it never will, or nobody can know. */
  append(record: Sent, options?: SendOptions): Promise<void>
  /** Where to go on after a reload: behind the last record that the loop was given. */
  resumeToken(): ResumeToken
  /** Sends what waits, then closes. Resolves when that is done; a later append rejects. */
  close(): Promise<void>
  /** The connection itself: its state, its events (`gap`, `error`, `reconnecting`), its inspector. */
  readonly connection: ConnectionActor<DurableInput, Received, Sent>
}

/**
 * Opens a stream of a statewire (or Durable Streams) server.
 *
 * @example
 * const room = stream('https://example.com/v1/stream/rooms/42', { onGap: 'restart' })
 * await room.append({ text: 'hello' })
 * for await (const { data } of room) render(data)
 */
export function stream<Received = unknown, Sent = unknown>(
  url: string | URL,
  options: StreamOptions<Received, Sent> = {},
): DurableStream<Received, Sent> {
  const { ahead, codec = values, incoming, outgoing, refused, ...given } = options
  const logic = connection<DurableInput, Received, Sent>(durable, {
    codec,
    incoming,
    outgoing,
    refused,
    queue: producerQueue,
    defaults: (input) => ({ ...watched, ...resumed(input) }),
  })
  const actor = createActor(logic, { input: { ...given, url } }).start()
  const messages = messagesOf<Received>(actor, ahead)
  let handedOut: string | null = null
  const connect = (): void => {
    const state = stateOf(actor.getSnapshot())
    if (state === 'idle' || state === 'error') actor.send({ type: 'connect' })
  }
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      actor.subscribe({ complete: resolve })
      if (actor.getSnapshot().status === 'active') actor.send({ type: 'close', drain: true })
    })

  return {
    connection: actor,
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      connect()
      const result = await messages.next()
      if (result.done !== true) handedOut = result.value.position ?? handedOut
      return result
    },
    async return() {
      await messages.return?.()
      await close()
      return { done: true, value: undefined }
    },
    append(record, sendOptions) {
      connect()
      return sendOver(actor, record as NoInfer<Sent>, sendOptions)
    },
    resumeToken() {
      const { producer } = resumeTokenOf(actor)
      return { position: handedOut ?? options.position ?? options.resume?.position ?? null, producer }
    },
    close,
  }
}
