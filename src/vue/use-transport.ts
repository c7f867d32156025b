/**
 * A connection as a composable: `@xstate/vue` reads the actor, the manager holds it.
 *
 * @module
 */
import { type ComputedRef, effectScope, type MaybeRefOrGetter, onScopeDispose, toRaw, toValue, watch } from 'vue'
import type { ConnectionState } from '../../machines/connection.ts'
import type { ConnectionActor } from '../connection/logic.ts'
import type { SendOptions } from '../connection/send-queue.ts'
import type { TransportError } from '../errors.ts'
import { type SharedConfig, shareConnection, type TransportManager } from '../manager/transport-manager.ts'
import type { TransportType } from '../transport/config.ts'
import { Holding } from './holding.ts'
import { liveWithComponent, liveWithScope, owningComponent } from './lifetime.ts'
import { useTransportManager } from './provide.ts'
import { readingsOf } from './readings.ts'

export interface UseTransportOptions {
  /** Connect when mounted. With `false` it waits for `connect()`. Default `true`. */
  readonly connect?: boolean | undefined
  /** What a deactivated component in `<KeepAlive>` does with its connection. Default `stay`: it goes on receiving. */
  readonly whenDeactivated?: 'stay' | 'let-go' | undefined
  /** Default: the one of `transportPlugin` or `provideTransports`. */
  readonly manager?: TransportManager | undefined
}

/** A connection as Vue sees it. The refs are computed, so that a Pinia store neither serialises nor overwrites them. */
export interface ReactiveTransport<Received = unknown, Sent = unknown> {
  readonly state: ComputedRef<ConnectionState>
  /** Why it is not connected: the last failure while `reconnecting` or in `error`, otherwise `null`. */
  readonly error: ComputedRef<TransportError | null>
  /** The actor, for `connection.value.on(…)` and for `useSelector`. Another one after `closed` and after a change of `url`. */
  readonly connection: ComputedRef<ConnectionActor<object, Received, Sent>>
  /** Resolves when the transport took the data (or its server acknowledged it), rejects with a `TransportError`. */
  send(data: Sent, options?: SendOptions): Promise<void>
  /** Connects, after `closed` or `error` afresh. In a component that is not mounted yet: as soon as it is. */
  connect(): void
  /** Closes the connection for everybody who shares it. Stays so until `connect()`, also when `url` changes. */
  close(): void
  /** Lets go. Components and scopes do so themselves; outside of both it is yours to call. */
  stop(): void
}

/**
 * Connects while the component is mounted, or while the effect scope (a Pinia store's, say) is active; outside of both from
 * the next tick until `stop()`. On a server it opens nothing. Whoever asks for the same `key` (default: type, URL, method, query and body) shares one
 * connection; when a ref or getter yields another `url` or `key`, it is swapped. Other options count when a connection is made.
 *
 * @param config - as for `createTransport`: an object, a ref or a getter. A later value that is refused is reported to Vue's
 * `errorHandler`, and the connection stays as it was. So is a manager that is at its limit: `connect()` asks it again.
 * @throws TransportError `no_provider`, `bad_option` or `bad_url`
 * @example
 * const room = useTransport('websocket', () => ({ url: `/v1/rooms/${props.room}` }))
 * // <p :data-state="room.state.value">…
 */
export function useTransport<Type extends TransportType, Received = unknown, Sent = unknown>(
  type: Type,
  config: MaybeRefOrGetter<SharedConfig<Type, Received, Sent>>,
  options: UseTransportOptions = {},
): ReactiveTransport<Received, Sent> {
  const manager = useTransportManager(options.manager)
  const component = owningComponent()
  const share = () => shareConnection(manager, type, plain(toValue(config)))
  const wish = options.connect === false ? 'rest' : 'connect'

  // A scope of its own: it ends with the one around it, or by `stop` where there is none.
  const scope = effectScope()
  return scope.run((): ReactiveTransport<Received, Sent> => {
    const holding = new Holding<Received, Sent>(share, wish)
    watch(
      () => plain(toValue(config)),
      () => holding.follow(),
    )
    if (component === null) liveWithScope(holding)
    else liveWithComponent(holding, options.whenDeactivated ?? 'stay')
    onScopeDispose(() => holding.end())
    return {
      ...readingsOf(holding, component),
      send: (data, sendOptions) => holding.shared.value.send(data, sendOptions),
      connect() {
        holding.connect()
        // Mounted and not holding: the manager refused it then, and may have room by now.
        if (component === null || (component.isMounted && !component.isDeactivated)) holding.take()
      },
      close: () => holding.close(),
      stop: () => scope.stop(),
    }
  }) as ReactiveTransport<Received, Sent>
}

/** Reads every option, so that each is tracked, and takes Vue's proxies off: a codec or a schema of yours must stay itself. */
function plain<Config extends object>(config: Config): Config {
  return Object.fromEntries(Object.entries(Object(config)).map(([name, value]) => [name, toRaw(value)])) as Config
}
