/**
 * What a server does from time to time: lets streams expire, and asks again whether those who read still may.
 *
 * @module
 */

import type { ServerContext } from './context.ts'

const SWEEP_MS = 1_000

export class Chores {
  readonly #context: ServerContext
  #state: 'running' | 'stopped' = 'running'

  constructor(context: ServerContext) {
    const { store, openReads, limits } = context
    this.#context = context
    this.#every(SWEEP_MS, () => store.sweep())
    this.#every(limits.revalidateMs, () => openReads.revalidate())
  }

  stop(): void {
    this.#state = 'stopped'
  }

  /** The next round begins only after the last one has ended: a slow store is not asked twice at once. */
  #every(milliseconds: number, act: () => Promise<void>): void {
    const { wheel, report } = this.#context
    wheel.set(milliseconds, () => {
      act()
        .catch(report)
        .finally(() => {
          if (this.#state === 'running') this.#every(milliseconds, act)
        })
    })
  }
}
