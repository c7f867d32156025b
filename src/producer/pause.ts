/**
 * A time in which nothing goes out.
 *
 * @module
 */
import { type Backoff, backoffDelay } from '../connection/backoff.ts'
import type { Clock } from '../connection/clock.ts'

export interface PauseOptions {
  readonly backoff: Backoff
  readonly clock: Clock
  /** Source of jitter, from 0 up to 1. */
  random(): number
}

export class Pause {
  readonly #options: PauseOptions
  readonly #over: () => void
  #timer: unknown
  #state: 'none' | 'own' | 'asked' = 'none'
  #failures = 0

  /** @param over - called when a pause has ended by itself. */
  constructor(options: PauseOptions, over: () => void) {
    this.#options = options
    this.#over = over
  }

  get isOn(): boolean {
    return this.#state !== 'none'
  }

  /** Backs off once more, for at least as long as the server asked, in milliseconds. */
  begin(asked?: number): void {
    // What fails together is one failure.
    if (!this.isOn) this.#failures += 1
    this.end()
    const { clock, random, backoff } = this.#options
    const draw = { ...backoff, attempt: this.#failures, chance: random(), floor: asked ?? 0, crowd: false }
    this.#state = asked === undefined ? 'own' : 'asked'
    this.#timer = clock.setTimeout(() => {
      this.#state = 'none'
      this.#over()
    }, backoffDelay(draw))
  }

  /** Lasts until {@link end}. */
  hold(): void {
    this.end()
    this.#state = 'asked'
  }

  end(): void {
    this.#options.clock.clearTimeout(this.#timer)
    this.#state = 'none'
  }

  /** A new link is a reason to try again, unless the server itself asked for the pause. */
  endOwn(): void {
    if (this.#state === 'own') this.end()
  }

  /** Something worked: the next failure is a first one. */
  startOver(): void {
    this.#failures = 0
  }
}
