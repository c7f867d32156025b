/**
 * Who owns the connections of a tree: one manager per provider, handed down by context.
 *
 * @module
 */
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react'
import { TransportError } from '../errors.ts'
import { type ManagerOptions, TransportManager } from '../manager/transport-manager.ts'

/** What a {@link TransportProvider} can be told. */
export interface TransportProviderProps {
  /** A manager of yours, which stays open when the provider goes. Default: one of the provider's own, closed with it. */
  readonly manager?: TransportManager | undefined
  /** For the provider's own manager; those of the first render count. */
  readonly options?: ManagerOptions | undefined
  readonly children?: ReactNode
}

const ManagerContext = createContext<TransportManager | null>(null)

/**
 * Gives the hooks below it their connections: components that ask for the same key share one. Rendering it opens nothing, on a
 * server least of all.
 *
 * @example
 * createRoot(page).render(
 *   <TransportProvider>
 *     <App />
 *   </TransportProvider>,
 * )
 */
export function TransportProvider({ children, manager, options }: TransportProviderProps): ReactElement {
  const [own] = useState(() => new TransportManager(options))
  useClosing(own)
  return createElement(ManagerContext.Provider, { value: manager ?? own }, children)
}

/** Closes what is left when the provider has gone for good. */
function useClosing(manager: TransportManager): void {
  const mount = useRef<object | null>(null)
  useEffect(() => {
    mount.current = {}
    return () => {
      mount.current = null
      // StrictMode takes every effect back and runs it again in one breath: nobody has gone then.
      queueMicrotask(() => mount.current ?? manager.closeAll())
    }
  }, [manager])
}

/**
 * The manager of the nearest provider, for what the hooks do not do: its metrics, its other connections.
 *
 * @throws TransportError `no_provider`
 * @example
 * const manager = useTransportManager()
 * const leave = () => manager.closeAll()
 */
export function useTransportManager(): TransportManager {
  const manager = useContext(ManagerContext)
  if (manager === null) {
    throw new TransportError(
      'no_provider',
      'This component has no connections to share: put <TransportProvider> of statewire/react around it, or around the whole app.',
    )
  }
  return manager
}
