/**
 * `useTransport` under the name of each protocol, with the types that its messages have by default.
 *
 * @module
 */
import type { Bytes, Payload } from '../codecs/codec.ts'
import { type UsedTransport, type UseTransportConfig, useTransport } from './use-transport.ts'

/**
 * A shared Server-Sent Events connection. Messages are text unless a codec says otherwise.
 *
 * @throws TransportError as {@link useTransport}
 * @example
 * const prices = useSSE({ url: '/prices' })
 * return <p>{prices.state}</p>
 */
export function useSSE<Received = string, Sent = unknown>(
  config: UseTransportConfig<'sse', Received, Sent>,
): UsedTransport<Received, Sent> {
  return useTransport('sse', config)
}

/**
 * A shared WebSocket. Messages are text or bytes, as they come, unless a codec says otherwise.
 *
 * @throws TransportError as {@link useTransport}
 * @example
 * const { send, state } = useWebSocket({ url: 'wss://example.com/echo' })
 * return <button disabled={state !== 'connected'} onClick={() => void send('hello')}>Say hello</button>
 */
export function useWebSocket<Received = Payload, Sent = string | Bytes>(
  config: UseTransportConfig<'websocket', Received, Sent>,
): UsedTransport<Received, Sent> {
  return useTransport('websocket', config)
}

/**
 * A shared HTTP stream. Messages are what its `format` cuts the body into; lines of NDJSON are parsed.
 *
 * @throws TransportError as {@link useTransport}
 * @example
 * const answer = useHTTPStream({ url: '/answer', format: 'ndjson' })
 */
export function useHTTPStream<Received = unknown, Sent = unknown>(
  config: UseTransportConfig<'http-stream', Received, Sent>,
): UsedTransport<Received, Sent> {
  return useTransport('http-stream', config)
}

/**
 * A shared durable stream: read from where it was left, appended to exactly once. Messages are the records' values.
 *
 * @throws TransportError as {@link useTransport}
 * @example
 * const room = useDurable<Post, Post>({ url: '/v1/stream/rooms/42' })
 * await room.send({ text: 'hello' })
 */
export function useDurable<Received = unknown, Sent = unknown>(
  config: UseTransportConfig<'durable', Received, Sent>,
): UsedTransport<Received, Sent> {
  return useTransport('durable', config)
}
