/**
 * One shared connection as a hook: `useSelector` of `@xstate/react` reads its chart, `shareConnection` finds it by its key.
 *
 * @module
 */
import { shallowEqual, useSelector } from '@xstate/react'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { type ConnectionSnapshot, type ConnectionState, stateOf } from '../../machines/connection.ts'
import type { ConnectionActor } from '../connection/logic.ts'
import type { SendOptions } from '../connection/send-queue.ts'
import type { TransportError } from '../errors.ts'
import type { SharedConnection } from '../manager/shared-connection.ts'
import { type SharedConfig, shareConnection, type TransportManager } from '../manager/transport-manager.ts'
import type { TransportType } from '../transport/config.ts'
import { useTransportManager } from './provider.ts'

/**
 * What a hook is told: the transport's own options, and how the component uses the connection. A new object on each render changes
 * nothing; another `url` or another `key` is another connection.
 */
export type UseTransportConfig<Type extends TransportType, Received = unknown, Sent = unknown> = SharedConfig<
  Type,
  Received,
  Sent
> & {
  /**
   * Whether it connects when the component mounts. Default `true`; with `false` the component waits for `connect()`. Turning it off
   * later does not disconnect: that is `close()`.
   */
  readonly connect?: boolean | undefined
  /**
   * Whether a connection that comes to rest in `error` throws into the nearest error boundary. Default `false`: the failure is
   * `error` and the component stays. Mounted again by the boundary, the component connects again.
   */
  readonly throwOnError?: boolean | undefined
}

/** Something whose messages can be heard: what a hook returned, or `{ connection }` around any connection actor. */
export interface MessageSource<Received = unknown, Sent = unknown> {
  readonly connection: ConnectionActor<object, Received, Sent>
}

/** A connection as a component sees it. The functions stay the same for as long as the key does. */
export interface UsedTransport<Received = unknown, Sent = unknown> extends MessageSource<Received, Sent> {
  /** `idle` on the server and while hydrating. */
  readonly state: ConnectionState
  /** Why it is not up, in `reconnecting` and `error`; else `null`. */
  readonly error: TransportError | null
  /** The actor at present, for `useSelector` and `connection.on(…)` in an effect. After `closed` another one takes its place. */
  readonly connection: ConnectionActor<object, Received, Sent>
  /** Connects; after `closed` or `error` afresh. */
  connect(): void
  /** Resolves when the transport took the data or its server acknowledged it; rejects with a {@link TransportError}. */
  send(data: Sent, options?: SendOptions): Promise<void>
  /** Closes it for every component that shares it. */
  close(): void
}

/**
 * A connection of the nearest {@link TransportProvider}, open for as long as a component uses it. It renders when the state changes
 * and never for a message: those are heard by `useMessages`, or in an effect by `connection.on('message', …)`.
 *
 * @throws TransportError `no_provider`, `bad_option` or `bad_url` while rendering, `limit_reached` when it mounts: all to the boundary.
 * @example
 * const { state, send } = useTransport('websocket', { url: '/v1/ws' })
 */
export function useTransport<Type extends TransportType, Received = unknown, Sent = unknown>(
  type: Type,
  config: UseTransportConfig<Type, Received, Sent>,
): UsedTransport<Received, Sent> {
  const { connect = true, throwOnError = false } = config
  const manager = useTransportManager()
  // Looked up on each render: the manager says which configurations are the same connection.
  const { key } = shareConnection(manager, type, config)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the configuration, whose identity changes.
  const shared = useMemo(() => standIn(manager, type, config), [manager, type, key])
  const connection = useSyncExternalStore(shared.subscribe, shared.current, shared.current)
  useEffect(() => shared.hold({ connect }), [shared, connect])

  // The server rendered `idle`; a component that hydrates late may find the connection up already.
  const hydrated = useSyncExternalStore(neverChanges, isHydrated, isHydrating)
  const { error, state } = useSelector(hydrated ? connection : undefined, statusOf, shallowEqual)
  useThrown(throwOnError && state === 'error' ? error : null)
  return { state, error, connection, connect: shared.connect, send: shared.send, close: shared.close }
}

/**
 * The connection of a key, whichever object it is at the moment: a hidden `<Activity>` runs its effects again without rendering,
 * when the connection it had may long have been released.
 */
function standIn<Type extends TransportType, Received, Sent>(
  manager: TransportManager,
  type: Type,
  config: SharedConfig<Type, Received, Sent>,
): Omit<SharedConnection<Received, Sent>, 'key'> {
  const find = (): SharedConnection<Received, Sent> => shareConnection(manager, type, config)
  return {
    current: () => find().current(),
    subscribe: (listener) => find().subscribe(listener),
    hold: (options) => find().hold(options),
    connect: () => find().connect(),
    send: (data, options) => find().send(data, options),
    close: () => find().close(),
  }
}

/** What a component renders of a connection. */
function statusOf(
  snapshot: Pick<ConnectionSnapshot, 'value' | 'context'> | undefined,
): Pick<UsedTransport, 'state' | 'error'> {
  if (snapshot === undefined) return { state: 'idle', error: null }
  const state = stateOf(snapshot)
  return { state, error: state === 'reconnecting' || state === 'error' ? snapshot.context.failure : null }
}

/** Throws a failure that happened since the component mounted: with an older one it mounts, and connects again. */
function useThrown(failure: TransportError | null): void {
  const [older] = useState(failure)
  if (failure !== null && failure !== older) throw failure
}

const neverChanges = () => () => {}
const isHydrated = () => true
const isHydrating = () => false
