/**
 * `statewire/vanilla`: a class for each protocol, for pages and programs without a framework.
 *
 * @module
 */
import type { Payload } from './codecs/codec.ts'
import type { TransportConfig } from './transport/config.ts'
import { PlainTransport } from './vanilla/plain-transport.ts'

export { arrayBuffer, type Bytes, binary, blob, type Codec, json, type Payload, raw, text } from './codecs/codec.ts'
export { ndjson } from './codecs/ndjson.ts'
export { TransportError, type TransportErrorCode } from './errors.ts'
export type { Message } from './link.ts'
export type { TransportConfig } from './transport/config.ts'
export type { Transport, TransportEvents } from './transport/create-transport.ts'

/**
 * Server-Sent Events, by GET or POST. Without a codec `message.data` is the event's text; `send()` posts to `sendUrl`.
 *
 * @example
 * const news = new SSETransport({ url: '/events' })
 * news.on('event', ({ data }) => render(data))
 * await news.connect()
 */
export class SSETransport<Received = string, Sent = Payload> extends PlainTransport<'sse', Received, Sent> {
  constructor(config: TransportConfig<'sse', Received, Sent>) {
    super('sse', config)
  }
}

/**
 * A WebSocket. Without a codec a message is the text or the bytes of its frame.
 *
 * @example
 * const chat = new WebSocketTransport({ url: '/chat', codec: json })
 * await chat.connect()
 * await chat.send({ text: 'hello' })
 * for await (const { data } of chat) render(data)
 */
export class WebSocketTransport<Received = Payload, Sent = Payload> extends PlainTransport<
  'websocket',
  Received,
  Sent
> {
  constructor(config: TransportConfig<'websocket', Received, Sent>) {
    super('websocket', config)
  }
}

/**
 * A streamed HTTP answer: lines of JSON with `format: 'ndjson'`, else the bytes as they come.
 *
 * @example
 * const answer = new HTTPStreamTransport({ url: '/complete', method: 'POST', body: prompt, format: 'ndjson' })
 * await answer.connect()
 * for await (const { data } of answer) render(data)
 */
export class HTTPStreamTransport<Received = unknown, Sent = unknown> extends PlainTransport<
  'http-stream',
  Received,
  Sent
> {
  constructor(config: TransportConfig<'http-stream', Received, Sent>) {
    super('http-stream', config)
  }
}

/**
 * A stream of a statewire (or Durable Streams) server: nothing lost, nothing repeated, over whatever carrier works.
 *
 * @example
 * const room = new DurableTransport({ url: '/v1/stream/rooms/42' })
 * room.on('event', ({ data, position }) => render(data, position))
 * await room.connect()
 */
export class DurableTransport<Received = unknown, Sent = unknown> extends PlainTransport<'durable', Received, Sent> {
  constructor(config: TransportConfig<'durable', Received, Sent>) {
    super('durable', config)
  }
}

/**
 * Long-polling, where nothing else gets through: each answer is a page of messages.
 *
 * @example
 * const log = new LongPollTransport({ url: '/log' })
 * log.on('event', ({ data }) => render(data))
 * await log.connect()
 */
export class LongPollTransport<Received = unknown, Sent = unknown> extends PlainTransport<'long-poll', Received, Sent> {
  constructor(config: TransportConfig<'long-poll', Received, Sent>) {
    super('long-poll', config)
  }
}
