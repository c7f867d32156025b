/**
 * `statewire/http-stream`: a streamed HTTP answer as NDJSON, lines, JSON text sequence, text or bytes.
 *
 * @module
 */
import { connection } from './connection/connection.ts'
import { httpStream } from './transports/http-stream.ts'
import { repetitionOf } from './transports/repeatable.ts'

export * from './core.ts'
export { type HttpStreamInput, httpStream } from './transports/http-stream.ts'

/**
 * Connection logic for a streamed HTTP answer. `message.data` is a line or a piece of text, or bytes for `format: 'bytes'`;
 * for parsed values use `connection(httpStream, { codec: json })`.
 *
 * @example
 * const actor = createActor(httpStreamConnection, { input: { url: '/tokens', format: 'lines' } }).start()
 * actor.send({ type: 'connect' })
 */
export const httpStreamConnection = /* @__PURE__ */ connection(httpStream, { repeatable: repetitionOf })
