/**
 * Connections for components, and for everything outside of them.
 *
 * @module
 */
import { onMount } from 'svelte'
import { derived, type Readable, readable, toStore } from 'svelte/store'
import type { Bytes, Payload } from '../codecs/codec.ts'
import type { SharedConfig, TransportManager } from '../manager/transport-manager.ts'
import type { TransportType } from '../transport/config.ts'
import { getTransports } from './context.ts'
import { type ConnectionRequest, placementOf } from './placement.ts'
import { type ConfigSource, type TransportStore, transportStoreOf } from './transport-store.ts'

/** What a connection is told: the transport's own options, and when to connect. */
export type StoreConfig<Type extends TransportType, Received = unknown, Sent = unknown> = SharedConfig<
  Type,
  Received,
  Sent
> & {
  /** Whether it connects by itself: when the component is mounted, or the first subscriber comes. Default `true`; else by `connect()`. */
  readonly connect?: boolean | undefined
}

/** {@link transport} of one type, with what its messages are by default. */
type Make<Type extends TransportType, Come = unknown, Go = unknown> = <Received = Come, Sent = Go>(
  config: ConfigSource<StoreConfig<Type, Received, Sent>>,
) => TransportStore<Received, Sent>

/**
 * A connection for this component: held from mount to destroy, shared with every component that names the same one. Call it while
 * the component is initialised. Nothing is opened on a server: what is rendered there is `idle`.
 *
 * @throws TransportError `no_provider`, `bad_option` or `bad_url`, at once.
 * @example
 * let room = $state('lobby')
 * const chat = transport('websocket', () => ({ url: `/rooms/${room}` }))
 * const online = $derived($chat.state === 'connected')
 */
export function transport<Type extends TransportType, Received = unknown, Sent = unknown>(
  type: Type,
  config: ConfigSource<StoreConfig<Type, Received, Sent>>,
): TransportStore<Received, Sent> {
  const placement = placementOf(getTransports(), requestsOf(type, config))
  // Not while it is read: a server's render reads, and a component that only listens to `connection` reads nothing.
  onMount(() => placement.held.subscribe(() => {}))
  return transportStoreOf(placement, placement.connections)
}

/**
 * A connection outside of components, in a module of your app: held for as long as one of its stores has a subscriber, and after that for
 * the manager's `linger`. On a server nothing is held, whoever subscribes.
 *
 * @throws TransportError `bad_option` or `bad_url`, at once.
 * @example
 * // prices.ts
 * export const prices = sharedTransport(new TransportManager(), 'sse', { url: '/prices' })
 * export const latest = messages(prices, { limit: 1 })
 */
export function sharedTransport<Type extends TransportType, Received = unknown, Sent = unknown>(
  manager: TransportManager,
  type: Type,
  config: ConfigSource<StoreConfig<Type, Received, Sent>>,
): TransportStore<Received, Sent> {
  const placement = placementOf(manager, requestsOf(type, config))
  // Without a document this is a server, where a render subscribes as a page does.
  return transportStoreOf(placement, 'document' in globalThis ? placement.held : placement.connections)
}

/** Server-Sent Events for this component: `transport('sse', …)`. Messages are text unless a codec says otherwise. */
export const sseStore: Make<'sse', string> = (config) => transport('sse', config)

/** A WebSocket for this component: `transport('websocket', …)`. Messages are text or bytes unless a codec says otherwise. */
export const webSocketStore: Make<'websocket', Payload, string | Bytes> = (config) => transport('websocket', config)

/** A streamed HTTP answer for this component: `transport('http-stream', …)`. */
export const httpStreamStore: Make<'http-stream'> = (config) => transport('http-stream', config)

/** Long polling for this component: `transport('long-poll', …)`. */
export const longPollStore: Make<'long-poll'> = (config) => transport('long-poll', config)

/** A durable stream for this component: `transport('durable', …)`. */
export const durableStore: Make<'durable'> = (config) => transport('durable', config)

function requestsOf<Received, Sent>(
  type: TransportType,
  source: ConfigSource<StoreConfig<TransportType, Received, Sent>>,
): Readable<ConnectionRequest<Received, Sent>> {
  return derived(configsOf(source), (config) => ({ type, config, connect: config.connect }))
}

function configsOf<Config>(source: ConfigSource<Config>): Readable<Config> {
  if (typeof source === 'function') return toStore(source as () => Config)
  return isStore(source) ? source : readable(source as Config)
}

function isStore<Value>(source: ConfigSource<Value>): source is Readable<Value> {
  return typeof source === 'object' && source !== null && 'subscribe' in source
}
