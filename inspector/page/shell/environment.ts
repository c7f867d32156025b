/**
 * Where the page lives: alone in a window, or as a guest in an app's document, of which it touches nothing but what it is given.
 *
 * @module
 */
import { type ComponentType, createContext } from 'preact'
import { useContext } from 'preact/hooks'

export interface Environment {
  /** A guest has no landmarks of its own beside its region. */
  readonly kind: 'page' | 'panel'
  /** Carries the theme and the sizes of the parts; everything that is drawn stands in it. */
  readonly root: HTMLElement
  /** Where keys are heard. */
  readonly keys: EventTarget
  /** What is shown while nothing is attached. */
  readonly Empty: ComponentType
}

export const EnvironmentContext = createContext<Environment | null>(null)

/** @throws Error outside of `EnvironmentContext.Provider`. */
export function useEnvironment(): Environment {
  const environment = useContext(EnvironmentContext)
  if (environment === null) throw new Error('This component stands nowhere: there is no EnvironmentContext around it.')
  return environment
}
