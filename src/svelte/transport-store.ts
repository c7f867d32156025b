/**
 * What a component gets: one connection as stores and functions.
 *
 * @module
 */
import { derived, get, type Readable } from 'svelte/store'
import { type ConnectionState, stateOf } from '../../machines/connection.ts'
import type { ConnectionActor } from '../connection/logic.ts'
import type { SendOptions } from '../connection/send-queue.ts'
import type { TransportError } from '../errors.ts'
import type { SharedConnection } from '../manager/shared-connection.ts'
import type { Placement } from './placement.ts'
import { actorsOf, failureOf, selected } from './selection.ts'

/** A configuration, or what it is at present: a function that reads runes, or a store. When it names another connection, that takes over. */
export type ConfigSource<Config> = Config | (() => Config) | Readable<Config>

/** What `$chat` is. */
export interface TransportReading {
  /** `idle`, `connecting`, `connected`, `reconnecting`, `error` or `closed`. */
  readonly state: ConnectionState
  /**
   * Why it is not connected, while it is `reconnecting` or in `error`; or what the manager refused (`limit_reached`; `bad_url` after a
   * change, which leaves the connection as it was). Else `null`.
   */
  readonly error: TransportError | null
}

/**
 * A connection as stores. It is a store itself: `$chat.state`, `$chat.error`. No store changes with a message; `messages()` makes one
 * that does.
 */
export interface TransportStore<Received = unknown, Sent = unknown> extends Readable<TransportReading> {
  /** The state's name alone, for `derived` and `fromStore`. In a component with runes `$chat.state` reads better: `$state` is a rune. */
  readonly state: Readable<ConnectionState>
  /** The failure alone. */
  readonly error: Readable<TransportError | null>
  /**
   * The actor itself, for `useSelector` and `$connection.on('message', …)`. A store, because another actor takes its place when the
   * configuration names another connection, and with a `connect` after `closed`.
   */
  readonly connection: Readable<ConnectionActor<object, Received, Sent>>
  /** Resolves when the transport took the data; rejects with a `TransportError`. Waits in the outbox until the connection is up. */
  send(data: Sent, options?: SendOptions): Promise<void>
  /** Connects; after `closed` or `error` afresh. Throws what the manager refuses: `limit_reached`. */
  connect(): void
  /** Closes the connection for everybody who shares it. */
  close(): void
}

/** @param read - what the stores follow: the placement's connections, or `held` where reading holds it. */
export function transportStoreOf<Received, Sent>(
  { askAgain, connections, refusal }: Placement<Received, Sent>,
  read: Readable<SharedConnection<Received, Sent>>,
): TransportStore<Received, Sent> {
  const connection = actorsOf(read)
  const state = selected(connection, stateOf)
  const error = derived([refusal, selected(connection, failureOf)], ([refused, failure]) => refused ?? failure)
  const reading = derived([state, error], ([$state, $error]): TransportReading => ({ state: $state, error: $error }))
  return {
    subscribe: reading.subscribe,
    state,
    error,
    connection,
    send: (data, options) => get(connections).send(data, options),
    connect() {
      if (get(refusal) !== null) askAgain()
      get(connections).connect()
    },
    close: () => get(connections).close(),
  }
}
