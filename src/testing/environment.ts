/**
 * The surroundings of a test: a network that is online or offline, a page that is hidden, visible or awake, and a pool that lets
 * requests go or holds them back, when the test says so.
 *
 * @module
 */
import type { BreakerEmitted } from '../../machines/breaker.ts'
import type { EnvironmentEmitted } from '../../machines/environment-types.ts'
import type { Environment, Surroundings } from '../connection/environment-source.ts'
import type { Pool } from '../connection/pool.ts'

/** An environment for the option `environment` of a connection. */
export interface SimulatedEnvironment extends Environment {
  /** Says an event, and answers accordingly from then on. */
  say(type: EnvironmentEmitted['type']): void
  /** How many connections listen now: none is left when all are closed. */
  readonly listeners: number
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
    get listeners() {
      return listeners.size
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

/** A pool for the option `pool` of a connection. It has no breaker of its own. */
export interface SimulatedPool extends Pool {
  /** Lets requests go from now on, or holds them back. */
  admit(admitted: boolean): void
  /** Says that the breaker opened or closed, and answers accordingly from then on. */
  say(type: BreakerEmitted['type']): void
}

/** How long a request is held back before the pool is asked again, in milliseconds. */
export const heldBackFor = 1_000

const nothing = (): void => {}

/**
 * Creates a pool that lets every request go.
 *
 * @example
 * const pool = simulatedPool()
 * const actor = createActor(sseConnection, { input: { url, pool } }).start()
 * pool.say('breaker.opened')
 */
export function simulatedPool(): SimulatedPool {
  let wait = 0
  const members = new Set<(event: BreakerEmitted) => void>()
  const admit = (admitted: boolean): void => {
    wait = admitted ? 0 : heldBackFor
  }
  return {
    join(_origin, tell) {
      const heard = (event: BreakerEmitted): void => tell(event)
      members.add(heard)
      const leave = (): void => void members.delete(heard)
      return { wait: () => wait, spend: nothing, succeeded: nothing, failed: nothing, leave }
    },
    breaker: () => undefined,
    admit,
    say(type) {
      admit(type === 'breaker.closed')
      for (const tell of [...members]) tell({ type })
    },
  }
}
