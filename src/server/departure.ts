/**
 * Whether the client of a request is still there.
 *
 * @module
 */

import type { StreamResponse } from './exchange.ts'

/**
 * Heard from the first moment: a client that goes while it is being let in would otherwise be told of before anybody listens,
 * and its read held for ever.
 */
export class Departure {
  #state: 'here' | 'gone' = 'here'
  #tell: (() => void) | null = null

  constructor(response: StreamResponse) {
    response.on('close', () => {
      this.#state = 'gone'
      this.#tell?.()
    })
  }

  get gone(): boolean {
    return this.#state === 'gone'
  }

  /** Calls `tell` when the client goes; now, when it has gone. One listener at a time. */
  whenGone(tell: () => void): void {
    this.#tell = tell
    if (this.gone) tell()
  }
}
