/**
 * `statewire/long-poll`: long-polling with a cursor.
 *
 * @module
 */
import { values } from './codecs/codec.ts'
import { connection } from './connection/connection.ts'
import { type LongPollInput, longPoll } from './transports/long-poll.ts'
import { repetitionOf } from './transports/repeatable.ts'

export * from './core.ts'
export { type LongPollInput, longPoll } from './transports/long-poll.ts'

/**
 * Connection logic for long-polling: one request after another, each from where the last one ended.
 *
 * @example
 * const actor = createActor(longPollConnection, { input: { url: '/v1/stream/rooms/42?live=long-poll' } }).start()
 * actor.send({ type: 'connect' })
 */
export const longPollConnection = /* @__PURE__ */ connection<LongPollInput, unknown, unknown>(longPoll, {
  codec: values,
  repeatable: repetitionOf,
})
