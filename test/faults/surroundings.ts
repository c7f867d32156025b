/**
 * An environment that says what the test says, and knows who listens.
 *
 * @module
 */
import type { EnvironmentEmitted } from '../../machines/environment-types.ts'
import type { Environment, Surroundings } from '../../src/connection/environment-source.ts'
import { surroundingsAfter } from '../../src/testing/environment.ts'

export interface ManualEnvironment extends Environment {
  say(type: EnvironmentEmitted['type']): void
  readonly listeners: number
}

export function manualEnvironment(): ManualEnvironment {
  let surroundings: Surroundings = { network: 'online', page: 'visible' }
  const listeners = new Set<(event: EnvironmentEmitted) => void>()
  return {
    current: () => surroundings,
    subscribe(listener) {
      const heard = (event: EnvironmentEmitted): void => listener(event)
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
    say(type) {
      surroundings = { ...surroundings, ...surroundingsAfter(type) }
      for (const tell of [...listeners]) tell({ type })
    },
    get listeners() {
      return listeners.size
    },
  }
}
