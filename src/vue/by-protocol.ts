/**
 * `useTransport`, by protocol, with the types that its messages have by default.
 *
 * @module
 */
import type { MaybeRefOrGetter } from 'vue'
import type { Bytes, Payload } from '../codecs/codec.ts'
import type { SharedConfig } from '../manager/transport-manager.ts'
import { type ReactiveTransport, type UseTransportOptions, useTransport } from './use-transport.ts'

/**
 * {@link useTransport} over Server-Sent Events. Messages are text unless a codec says otherwise.
 *
 * @throws TransportError `no_provider`, `bad_option` or `bad_url`
 * @example
 * const { state, connection } = useSSE({ url: '/v1/stream/rooms/42' })
 */
export function useSSE<Received = string, Sent = unknown>(
  config: MaybeRefOrGetter<SharedConfig<'sse', Received, Sent>>,
  options?: UseTransportOptions,
): ReactiveTransport<Received, Sent> {
  return useTransport('sse', config, options)
}

/**
 * {@link useTransport} over a WebSocket. Messages are text or bytes, as they come, unless a codec says otherwise.
 *
 * @throws TransportError `no_provider`, `bad_option` or `bad_url`
 * @example
 * const { state, send } = useWebSocket({ url: 'wss://example.com/chat', codec: json })
 */
export function useWebSocket<Received = Payload, Sent = string | Bytes>(
  config: MaybeRefOrGetter<SharedConfig<'websocket', Received, Sent>>,
  options?: UseTransportOptions,
): ReactiveTransport<Received, Sent> {
  return useTransport('websocket', config, options)
}

/**
 * {@link useTransport} over the body of an HTTP answer.
 *
 * @throws TransportError `no_provider`, `bad_option` or `bad_url`
 * @example
 * const { state } = useHTTPStream({ url: '/v1/completions', method: 'POST', body, format: 'ndjson' })
 */
export function useHTTPStream<Received = unknown, Sent = unknown>(
  config: MaybeRefOrGetter<SharedConfig<'http-stream', Received, Sent>>,
  options?: UseTransportOptions,
): ReactiveTransport<Received, Sent> {
  return useTransport('http-stream', config, options)
}

/**
 * {@link useTransport} over a durable stream: it resumes after each cut where it was, and what is sent arrives once.
 *
 * @throws TransportError `no_provider`, `bad_option` or `bad_url`
 * @example
 * const { state, send } = useDurable({ url: '/v1/stream/rooms/42', position: '-1' })
 */
export function useDurable<Received = unknown, Sent = unknown>(
  config: MaybeRefOrGetter<SharedConfig<'durable', Received, Sent>>,
  options?: UseTransportOptions,
): ReactiveTransport<Received, Sent> {
  return useTransport('durable', config, options)
}
