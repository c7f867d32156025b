/**
 * A client of the herd that is a real one of ours: `durableConnection`, its chart running.
 *
 * @module
 */
import { createActor } from 'xstate'
import { durableConnection } from '../../src/durable.ts'
import { Journal } from './journal.ts'
import type { MemberState, Protocol } from './member.ts'

export class OwnMember {
  readonly journal = new Journal()
  refusals = 0
  readonly #actor: ReturnType<typeof actorFor>

  constructor(url: string, protocol: Protocol) {
    this.#actor = actorFor(url, protocol)
    this.#actor.on('message', ({ message }) => this.journal.take([message.data]))
    this.#actor.on('reconnecting', () => {
      if (this.#actor.getSnapshot().context.failure?.status === 503) this.refusals += 1
    })
    this.#actor.start()
  }

  get state(): MemberState {
    const snapshot = this.#actor.getSnapshot()
    if (snapshot.matches('connected')) return 'reading'
    return snapshot.matches('idle') || snapshot.status !== 'active' ? 'idle' : 'waiting'
  }

  start(delay: number): void {
    setTimeout(() => this.#actor.send({ type: 'connect' }), delay)
  }
}

function actorFor(url: string, via: Protocol) {
  return createActor(durableConnection, { input: { url, via } })
}
