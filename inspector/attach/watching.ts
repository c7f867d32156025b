/**
 * What every link has in common: who listens to it, and whether somebody looks.
 *
 * @module
 */
import type { ViewerMessage } from '../protocol/messages.ts'
import { Listeners } from './listeners.ts'

export class Watching {
  readonly #asks = new Listeners<ViewerMessage>()
  readonly #changes = new Listeners<boolean>()
  #watched: boolean

  constructor(watched = false) {
    this.#watched = watched
  }

  get watched(): boolean {
    return this.#watched
  }

  set(watched: boolean): void {
    if (watched === this.#watched) return
    this.#watched = watched
    this.#changes.tell(watched)
  }

  ask(asked: ViewerMessage): void {
    this.#asks.tell(asked)
  }

  readonly listen = (ask: (asked: ViewerMessage) => void): (() => void) => this.#asks.add(ask)

  readonly onWatched = (changed: (watched: boolean) => void): (() => void) => this.#changes.add(changed)

  /** It is over: whoever listens hears that nobody looks, and then nothing. */
  end(): void {
    this.set(false)
    this.#asks.clear()
    this.#changes.clear()
  }
}
