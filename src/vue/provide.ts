/**
 * Where composables find the manager of their connections: the application, or an ancestor component.
 *
 * @module
 */
import {
  type App,
  getCurrentInstance,
  hasInjectionContext,
  type InjectionKey,
  inject,
  onScopeDispose,
  type Plugin,
  provide,
} from 'vue'
import { TransportError } from '../errors.ts'
import { type ManagerOptions, TransportManager } from '../manager/transport-manager.ts'

const transports: InjectionKey<TransportManager> = Symbol('statewire')

/**
 * Gives an application its connections. A manager of yours stays yours to close; one made of options is made for each application
 * that installs the plugin, so that two requests of a server share nothing, and it closes everything when its application unmounts.
 *
 * @param given - a manager, or the options of a new one. Default: a new one with its defaults.
 * @example
 * createApp(App).use(transportPlugin()).mount('#app')
 */
export function transportPlugin(given: TransportManager | ManagerOptions = {}): Plugin<[]> {
  return {
    install(app: App) {
      app.provide(
        transports,
        owned(given, (close) => app.onUnmount(close)),
      )
    },
  }
}

/**
 * Gives the components below this one connections of their own; call it in `setup`. Vue's `inject` does not see what the same
 * component provides: there, hand the returned manager to the composable.
 *
 * @param given - a manager, or the options of a new one that closes everything when this component unmounts.
 * @throws TransportError `no_provider` outside a component's `setup`.
 * @example
 * const manager = provideTransports({ linger: 5_000 })
 * const chat = useSSE({ url: '/v1/stream/rooms/42' }, { manager })
 */
export function provideTransports(given: TransportManager | ManagerOptions = {}): TransportManager {
  if (getCurrentInstance() === null) {
    throw new TransportError(
      'no_provider',
      'provideTransports() was called outside setup: call it before the first await there, or app.use(transportPlugin()).',
    )
  }
  const manager = owned(given, (close) => onScopeDispose(close))
  provide(transports, manager)
  return manager
}

/**
 * The manager of the connections here: its metrics, and transports that belong to no component.
 *
 * @param given - taken instead, where there is one.
 * @throws TransportError `no_provider`
 * @example
 * const metrics = useTransportManager().getMetrics()
 */
export function useTransportManager(given?: TransportManager): TransportManager {
  const manager = given ?? (hasInjectionContext() ? inject(transports, null) : null)
  if (manager !== null) return manager
  throw new TransportError(
    'no_provider',
    'There is no transport manager here: app.use(transportPlugin()), or provideTransports() in a component above, ' +
      'or hand one over as { manager }; and call composables before the first await in setup.',
  )
}

function owned(given: TransportManager | ManagerOptions, whenOver: (close: () => void) => void): TransportManager {
  if (given instanceof TransportManager) return given
  const manager = new TransportManager(given)
  whenOver(() => manager.closeAll())
  return manager
}
