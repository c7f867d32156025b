/**
 * `statewire/sse`: Server-Sent Events, by GET or POST, with any headers and body.
 *
 * @module
 */
import type { Payload } from './codecs/codec.ts'
import { connection } from './connection/connection.ts'
import { repetitionOf } from './transports/repeatable.ts'
import { type SseInput, sse } from './transports/sse.ts'

export * from './core.ts'
export { type SseInput, sse } from './transports/sse.ts'

/**
 * Connection logic for an event stream. `message.data` is the event's text, `message.event` its name.
 *
 * @example
 * const actor = createActor(sseConnection, { input: { url: '/events' } }).start()
 * actor.on('message', ({ message }) => render(message.data))
 * actor.send({ type: 'connect' })
 */
export const sseConnection = /* @__PURE__ */ connection<SseInput, string, Payload>(sse, { repeatable: repetitionOf })
