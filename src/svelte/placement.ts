/**
 * From what a component asks for to the connection the manager has for it. Nothing here throws into a store's subscribers: Svelte
 * runs those of all stores in one queue, which one that throws would stop for the whole page.
 *
 * @module
 */
import { derived, get, type Readable, writable } from 'svelte/store'
import { asTransportError, type TransportError } from '../errors.ts'
import type { SharedConnection } from '../manager/shared-connection.ts'
import { type SharedConfig, shareConnection, type TransportManager } from '../manager/transport-manager.ts'
import type { TransportType } from '../transport/config.ts'

/** What names a connection. */
export interface ConnectionRequest<Received, Sent> {
  readonly type: TransportType
  readonly config: SharedConfig<TransportType, Received, Sent>
  /** Whether holding it connects it. */
  readonly connect: boolean | undefined
}

/** The connection that answers the present request. */
export interface Placement<Received, Sent> {
  /** Another one when the request names another. A request for the same one changes nothing. */
  readonly connections: Readable<SharedConnection<Received, Sent>>
  /**
   * The same, held for as long as somebody reads this store. From the next microtask on, so that a glance (`get`) opens nothing, and
   * who connects is heard by all who have begun to listen.
   */
  readonly held: Readable<SharedConnection<Received, Sent>>
  /** Why the manager would not: a limit, or a change to a configuration that cannot work, which leaves the connection as it was. */
  readonly refusal: Readable<TransportError | null>
  /** Asks for what was refused once more. */
  askAgain(): void
}

/** @throws TransportError `bad_option` or `bad_url`, for the first request. */
export function placementOf<Received, Sent>(
  manager: TransportManager,
  requests: Readable<ConnectionRequest<Received, Sent>>,
): Placement<Received, Sent> {
  const refusal = writable<TransportError | null>(null)
  const asked = writable(0)
  const tried = (act: () => void): void => {
    try {
      act()
      refusal.set(null)
    } catch (error) {
      refusal.set(asTransportError(error))
    }
  }
  const share = ({ type, config }: ConnectionRequest<Received, Sent>): SharedConnection<Received, Sent> =>
    shareConnection<TransportType, Received, Sent>(manager, type, config)
  let current = share(get(requests))

  // Shared anew when the first reader comes back: what nobody held any more the manager has forgotten.
  const connections = derived(
    requests,
    (request, set) =>
      tried(() => {
        const next = share(request)
        // After a refusal the same one is asked for once more.
        if (next !== current || get(refusal) !== null) set(next)
        current = next
      }),
    current,
  )
  const held = derived([connections, asked], ([shared], set: (shared: SharedConnection<Received, Sent>) => void) => {
    const reading = new AbortController()
    set(shared)
    queueMicrotask(() => {
      if (reading.signal.aborted) return
      tried(() => reading.signal.addEventListener('abort', shared.hold({ connect: get(requests).connect })))
    })
    return () => reading.abort()
  })
  return { connections, held, refusal, askAgain: () => asked.update((times) => times + 1) }
}
