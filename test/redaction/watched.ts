/**
 * A connection with everything listening that could give a secret away.
 *
 * @module
 */
import { onTestFinished } from 'vitest'
import { type Actor, createActor, SimulatedClock } from 'xstate'
import { type ConnectionState, stateOf } from '../../src/core.ts'
import type { AnyLogic } from '../transports/rows.ts'
import { type Canaries, newCanaries } from './canaries.ts'
import { hearConnection, hearConsole, hearInspection, Surfaces } from './surfaces.ts'

export interface Watched {
  readonly actor: Actor<AnyLogic>
  readonly canaries: Canaries
  readonly surfaces: Surfaces
  readonly clock: SimulatedClock
  /** Resolves once the connection is in one of the states. */
  until(...states: readonly ConnectionState[]): Promise<void>
  /** Resolves once so many messages have arrived. */
  untilMessages(count: number): Promise<void>
  /** Closes the connection; then all has been said. */
  finish(): Promise<void>
}

/** Canaries and surfaces of one test, the console among them. */
export function watch(): { readonly canaries: Canaries; readonly surfaces: Surfaces } {
  const surfaces = new Surfaces()
  hearConsole(surfaces)
  return { canaries: newCanaries(), surfaces }
}

/** Starts a connection under watch; its waits never end by themselves. */
export function connectWatched(
  { canaries, surfaces }: Pick<Watched, 'canaries' | 'surfaces'>,
  logic: AnyLogic,
  input: Record<string, unknown>,
): Watched {
  const clock = new SimulatedClock()
  const actor = createActor(logic, { input, clock, inspect: hearInspection(surfaces) })
  const summary = hearConnection(surfaces, actor)
  let messages = 0
  const looks = new Set<() => void>()
  const look = (): void => {
    for (const each of [...looks]) each()
  }
  actor.on('message', () => {
    messages += 1
    look()
  })
  actor.subscribe(look)
  actor.start()
  onTestFinished(() => void actor.stop())
  actor.send({ type: 'connect' })
  const condition = (holds: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const check = (): void => {
        if (!holds()) return
        looks.delete(check)
        resolve()
      }
      looks.add(check)
      check()
    })
  return {
    actor,
    canaries,
    surfaces,
    clock,
    until: (...states) => condition(() => states.includes(stateOf(actor.getSnapshot()))),
    untilMessages: (count) => condition(() => messages >= count),
    async finish() {
      surfaces.hear('persisted', actor.getPersistedSnapshot())
      if (actor.getSnapshot().status === 'active')
        actor.send({ type: 'close', code: 4001, reason: canaries.ownCloseReason })
      await summary()
    },
  }
}
