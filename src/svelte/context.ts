/**
 * Which manager the components of a tree share their connections through.
 *
 * @module
 */
import { getContext, onDestroy, setContext } from 'svelte'
import { TransportError } from '../errors.ts'
import { type ManagerOptions, TransportManager } from '../manager/transport-manager.ts'

const key = Symbol('statewire')

/**
 * Gives this component and everything below it one manager, so that the same URL is the same connection. Call it while the
 * component is initialised, best in the outermost one. A manager of your own stays yours; one that is made here, from options or from
 * nothing, closes its connections when the component is destroyed.
 *
 * @returns the manager: `manager.connections` is what is open.
 * @example
 * setTransports({ linger: 5_000 })
 */
export function setTransports(managerOrOptions: TransportManager | ManagerOptions = {}): TransportManager {
  if (managerOrOptions instanceof TransportManager) return setContext(key, managerOrOptions)
  const manager = new TransportManager(managerOrOptions)
  onDestroy(() => manager.closeAll())
  return setContext(key, manager)
}

/**
 * The manager of the nearest `setTransports`.
 *
 * @throws TransportError `no_provider` where no component above has called it, and outside of components.
 */
export function getTransports(): TransportManager {
  const manager = managerAbove()
  if (manager !== undefined) return manager
  throw new TransportError(
    'no_provider',
    'No component above has called setTransports(); call it in the <script> of your outermost component or layout.',
  )
}

function managerAbove(): TransportManager | undefined {
  try {
    return getContext(key)
  } catch (cause) {
    const message = 'This runs outside of a component; use sharedTransport(manager, type, config) here.'
    throw new TransportError('no_provider', message, { cause })
  }
}
