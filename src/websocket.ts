/**
 * `statewire/websocket`: WebSocket, text and binary, with sub-protocols.
 *
 * @module
 */
import { connection } from './connection/connection.ts'
import { outbox } from './connection/outbox.ts'
import { webSocket } from './transports/websocket.ts'

export * from './core.ts'
export { type WebSocketInput, webSocket } from './transports/websocket.ts'

/**
 * Connection logic for a WebSocket. `message.data` is a string for a text frame and a `Uint8Array` for a binary one.
 *
 * @example
 * const actor = createActor(webSocketConnection, { input: { url: 'wss://example.com/feed' } }).start()
 * actor.send({ type: 'connect' })
 * actor.send({ type: 'send', data: 'hello' })
 */
export const webSocketConnection = /* @__PURE__ */ connection(webSocket, { queue: outbox })
