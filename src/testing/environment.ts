/**
 * Network and page of a test: online, offline, hidden, visible and awake when the test says so.
 *
 * @module
 */
import type { EnvironmentEmitted } from '../../machines/environment-types.ts'
import type { Environment, Surroundings } from '../connection/environment-source.ts'

/** An environment for the option `environment` of a connection. */
export interface SimulatedEnvironment extends Environment {
  /** Says an event, and answers accordingly from then on. */
  say(type: EnvironmentEmitted['type']): void
}

/**
 * Creates an environment that is online and visible.
 *
 * @example
 * const environment = simulatedEnvironment()
 * const actor = createActor(sseConnection, { input: { url, environment } }).start()
 * environment.say('network.offline')
 */
export function simulatedEnvironment(): SimulatedEnvironment {
  let surroundings: Surroundings = { network: 'online', page: 'visible' }
  const listeners = new Set<(event: EnvironmentEmitted) => void>()
  return {
    current: () => surroundings,
    subscribe(listener) {
      // A function of its own: one listener may be given twice.
      const heard = (event: EnvironmentEmitted): void => listener(event)
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
    say(type) {
      surroundings = { ...surroundings, ...surroundingsAfter(type) }
      for (const tell of [...listeners]) tell({ type })
    },
  }
}

/** What an event of the environment changes in what a connection knows of it. */
export function surroundingsAfter(type: string): Partial<Surroundings> {
  if (type === 'network.online' || type === 'network.offline') {
    return { network: type === 'network.online' ? 'online' : 'offline' }
  }
  if (type === 'page.visible' || type === 'page.hidden') return { page: type === 'page.visible' ? 'visible' : 'hidden' }
  return {}
}
