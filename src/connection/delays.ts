/**
 * Waiting on an actor's clock, for as long as there is something to wait for.
 *
 * @module
 */
import type { Clock } from './clock.ts'

export class Delays {
  readonly #clock: Clock
  /** How to end each delay before its time. Made by the first: most links never wait. */
  #ends: Set<() => void> | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves after so many milliseconds, or with {@link end}. */
  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#clock.clearTimeout(timer)
        this.#ends?.delete(end)
        resolve()
      }
      const timer = this.#clock.setTimeout(end, milliseconds)
      this.#ends ??= new Set()
      this.#ends.add(end)
    })
  }

  /** Nobody waits any more. */
  end(): void {
    for (const end of this.#ends ?? []) end()
  }
}
