/**
 * A connection that lives as long as an element: `use:connection`.
 *
 * @module
 */
import type { ActionReturn } from 'svelte/action'
import { writable } from 'svelte/store'
import { type ConnectionState, stateOf } from '../../machines/connection.ts'
import { reportUncaught } from '../connection/report.ts'
import type { TransportError } from '../errors.ts'
import type { Message } from '../link.ts'
import type { SharedConfig } from '../manager/transport-manager.ts'
import type { TransportType } from '../transport/config.ts'
import { getTransports } from './context.ts'
import { type ConnectionRequest, placementOf } from './placement.ts'
import { actorsOf, following, selected } from './selection.ts'

/** Who is told. Handlers may change with each update; that alone never touches the connection. */
export interface ConnectionHandlers<Received> {
  /** Each message as it arrives, past all stores. */
  readonly onmessage?: ((message: Message<Received>) => void) | undefined
  /** The state's name, now and with each change. */
  readonly onstate?: ((state: ConnectionState) => void) | undefined
  /** It came to rest in `error`, a message was refused, or the manager would not have it (`limit_reached`). */
  readonly onerror?: ((error: TransportError) => void) | undefined
}

/** What the action takes: the transport's type and configuration, and who is told. */
export type ConnectionParameters<Type extends TransportType, Received = unknown, Sent = unknown> = {
  readonly type: Type
} & SharedConfig<Type, Received, Sent> &
  ConnectionHandlers<Received>

/**
 * Holds a connection while its element is there. The state's name is the element's `data-connection`, for the style sheet. Parameters
 * that name another connection swap it. Nothing runs on a server: actions don't.
 *
 * @throws TransportError `no_provider`, `bad_option` or `bad_url`
 * @example
 * <ul use:connection={{ type: 'sse', url: `/rooms/${room}`, onmessage: ({ data }) => lines.push(data) }}></ul>
 *
 * <style>
 *   ul[data-connection='reconnecting'] { opacity: 0.5 }
 * </style>
 */
export function connection<Type extends TransportType, Received = unknown, Sent = unknown>(
  node: HTMLElement | SVGElement,
  parameters: ConnectionParameters<Type, Received, Sent>,
): ActionReturn<ConnectionParameters<Type, Received, Sent>> {
  let handlers: ConnectionHandlers<Received> = parameters
  const requests = writable(requestOf(parameters))
  const placement = placementOf<Received, Sent>(getTransports(), requests)
  const actors = actorsOf(placement.held)
  const leaving = [
    following(actors, (actor) => actor.on('message', ({ message }) => handlers.onmessage?.(message))),
    following(actors, (actor) => actor.on('error', ({ error }) => handlers.onerror?.(error))),
    placement.refusal.subscribe((error) => error && told(() => handlers.onerror?.(error))),
    selected(actors, stateOf).subscribe((state) => {
      node.dataset.connection = state
      told(() => handlers.onstate?.(state))
    }),
  ]
  return {
    update(next) {
      handlers = next
      requests.set(requestOf(next))
    },
    destroy() {
      for (const leave of leaving) leave()
    },
  }
}

/** A handler's own mistake must not reach the queue of all stores. */
function told(tell: () => void): void {
  try {
    tell()
  } catch (error) {
    reportUncaught(error)
  }
}

function requestOf<Received, Sent>(
  parameters: ConnectionParameters<TransportType, Received, Sent>,
): ConnectionRequest<Received, Sent> {
  const { type, onmessage: _message, onstate: _state, onerror: _error, ...config } = parameters
  return { type, config, connect: true } as ConnectionRequest<Received, Sent>
}
