/**
 * The environment of connections: one actor for a whole page, started with the first connection that listens, stopped with the
 * last. Replaceable: give `createEnvironment` your own signals, or a connection your own `Environment`.
 *
 * @module
 */
import { createActor, fromCallback } from 'xstate'
import { environmentMachine } from '../../machines/environment.ts'
import type { EnvironmentEmitted, EnvironmentSignal } from '../../machines/environment-types.ts'
import type { Clock } from './clock.ts'

/** What a connection knows of its surroundings. All of it are hints: a connection asks its peer before it believes them. */
export interface Environment {
  /** What the platform says now. */
  current(): Surroundings
  /** Hears of changes until the returned function is called. */
  subscribe(listener: (event: EnvironmentEmitted) => void): () => void
}

export interface Surroundings {
  readonly network: 'online' | 'offline'
  readonly page: 'visible' | 'hidden'
}

/** Where the raw signals come from. */
export interface SignalSource {
  current(): Surroundings
  /** Sends each signal; the returned function removes every listener and timer. */
  listen(send: (signal: EnvironmentSignal) => void): () => void
}

/** An environment over a source of signals; network changes are said at most once a second. */
export function createEnvironment(source: SignalSource, clock?: Clock): Environment {
  const machine = environmentMachine.provide({
    actors: { signals: fromCallback<EnvironmentSignal>(({ sendBack }) => source.listen(sendBack)) },
  })
  const start = () => createActor(machine, { input: source.current(), ...(clock && { clock }) })
  let actor: ReturnType<typeof start> | null = null
  const listeners = new Set<(event: EnvironmentEmitted) => void>()
  return {
    current() {
      if (actor === null) return source.current()
      const { network, page } = actor.getSnapshot().context
      return { network, page }
    },
    subscribe(listener) {
      // A function of its own: one listener may be given twice.
      const heard = (event: EnvironmentEmitted): void => listener(event)
      listeners.add(heard)
      if (actor === null) {
        actor = start()
        actor.on('*', (event) => {
          for (const tell of listeners) tell(event)
        })
        actor.start()
      }
      return () => {
        listeners.delete(heard)
        if (listeners.size > 0) return
        actor?.stop()
        actor = null
      }
    },
  }
}
